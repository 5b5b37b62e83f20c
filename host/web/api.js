/** A failure as the host tells it: a code of the error table and a sentence. */
export class ApiError extends Error {
	constructor(code, message) {
		super(message);
		this.code = code;
	}
}

async function answer(response) {
	if (response.ok) return response.json();
	const told = await response.json().catch(() => ({}));
	throw new ApiError(told.code ?? String(response.status), told.message ?? response.statusText);
}

async function ask(path, options) {
	let response;
	try {
		response = await fetch(`/api${path}`, options);
	} catch {
		throw new ApiError("NETWORK", "");
	}
	return answer(response);
}

export function get(path) {
	return ask(path);
}

export function post(path, body) {
	return ask(path, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify(body),
	});
}

/** Sends a file as it is. */
export function sendFile(path, file) {
	return ask(path, {
		method: "POST",
		headers: { "content-type": "application/octet-stream" },
		body: file,
	});
}

/**
 * Listens to changes. `onState` is told `live` or `lost`; the browser connects again by itself. After a break
 * everything may have changed, so each new connection counts as a change of everything.
 */
export function listen(onChange, onState) {
	const events = new EventSource("/api/events");
	let broken = false;
	events.addEventListener("hello", () => {
		onState("live");
		if (broken) onChange(undefined);
		broken = false;
	});
	events.addEventListener("changed", (event) => onChange(JSON.parse(event.data).terminals));
	events.addEventListener("error", () => {
		broken = true;
		onState("lost");
	});
	return () => events.close();
}
