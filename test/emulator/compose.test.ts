import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import test, { type ExecutionContext } from "ava";
import { type Composed, compose } from "./compose.ts";
import { fieldOf } from "./json.ts";
import { Progress } from "./progress.ts";

function setUpFolder(t: ExecutionContext): string {
	const dataDir = mkdtempSync(join(tmpdir(), "closeout-start-"));
	t.teardown(() => rmSync(dataDir, { recursive: true, force: true }));
	return dataDir;
}

function collect(): { readonly progress: Progress; readonly lines: () => string } {
	const chunks: string[] = [];
	const out = new Writable({
		write(chunk, _encoding, done) {
			chunks.push(String(chunk));
			done();
		},
	});
	return { progress: new Progress(out), lines: () => chunks.join("") };
}

async function start(t: ExecutionContext, dataDir: string, emulatorPort = 0): Promise<Composed> {
	const { progress } = collect();
	const composed = await compose({
		dataDir,
		emulatorPort,
		brokerPort: 0,
		dashboardPort: 0,
		progress,
		engine: "node",
	});
	t.teardown(() => composed.close());
	return composed;
}

async function ask(url: string, body?: object): Promise<unknown> {
	const reply = await fetch(
		url,
		body === undefined
			? {}
			: {
					method: "POST",
					headers: { "content-type": "application/json" },
					body: JSON.stringify(body),
				},
	);
	const answer: unknown = await reply.json();
	return answer;
}

test("the first start makes an enrolled terminal, and the next one has the same", async (t) => {
	const dataDir = setUpFolder(t);
	const first = await start(t, dataDir);
	const till = `${first.emulatorUrl}v1/terminals/till-0001`;
	await ask(`${till}/keys`, { keys: ["menu", "1", "0", "1", "ok"] });
	t.like(await ask(`${till}/payments`, { amount: "12.50", wait: true }), { state: "approved" });
	t.like(await ask(`${till}/state`), { shift: { operator: "01" } });
	const { printer } = first.world.machine("till-0001").parts;
	t.true(await first.world.until(() => printer.length > 20 && printer.status().drained === true));
	await first.close();

	const second = await start(t, dataDir);
	const again = `${second.emulatorUrl}v1/terminals/till-0001`;
	t.like(await ask(`${again}/status`), { enrolled: true, epoch: 1, boot: 2 });
	t.like(await ask(`${again}/state`), { shift: { operator: "01" } });
	const text = await (await fetch(`${again}/paper/text`)).text();
	t.regex(text, /12\.50/);
});

test("another terminal enrols with a code of the host beside it", async (t) => {
	const { emulatorUrl } = await start(t, setUpFolder(t));
	const terminals = `${emulatorUrl}v1/terminals`;
	await ask(terminals, { id: "till-0002", paperColumns: 48, language: "en" });
	t.like(await ask(`${terminals}/till-0002/enrol`, {}), { id: "till-0002", link: "up" });
	const shown = await ask(`${terminals}/till-0002/screen`);
	t.like(shown, { screen: { name: "home", language: "en" } });
	t.like(await ask(`${terminals}/till-0002/configuration`), { paperColumns: 48 });
	t.is(fieldOf(await ask(`${terminals}/till-0002/enrol`, {}), "code"), "REFUSED");
});

test("the page and its libraries are served", async (t) => {
	const { emulatorUrl } = await start(t, setUpFolder(t));
	const page = await (await fetch(emulatorUrl)).text();
	const files = [...page.matchAll(/(?:src|href)="([^"]+)"|: "(\/library[^"]+)"/g)];
	t.true(files.length >= 8);
	for (const [, file, library] of files) {
		const reply = await fetch(new URL(file ?? library ?? "", emulatorUrl));
		t.is(reply.status, 200, `${file ?? library}`);
		await reply.arrayBuffer();
	}
});

test("a port that is taken is named, and nothing keeps running", async (t) => {
	const dataDir = setUpFolder(t);
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	t.teardown(() => server.close());
	const address = server.address();
	const port = typeof address === "object" && address !== null ? address.port : 0;
	await t.throwsAsync(start(t, dataDir, port), {
		code: "USAGE",
		message: new RegExp(`port ${port} is in use.*CLOSEOUT_EMULATOR_PORT`),
	});
	const free = await start(t, dataDir);
	t.like(await ask(`${free.emulatorUrl}v1`), { terminals: ["till-0001"] });
});

test("progress has a tick for each step that stands and a cross for one that failed", async (t) => {
	const { progress, lines } = collect();
	await progress.step("broker", async (say) => say("port 1883"));
	await t.throwsAsync(progress.step("host", () => Promise.reject(new Error("no"))));
	t.is(lines(), "✔ broker: port 1883\n✘ host\n");
});
