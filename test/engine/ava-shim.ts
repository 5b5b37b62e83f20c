import { makeContext } from "./ava-shim-context.ts";

/**
 * What stands for AVA where its own processes cannot run, inside XS and in a mutation run: the tests of one file
 * register themselves, and are run one after another when asked.
 */
type Body = (t: unknown, ...values: unknown[]) => unknown;

interface Registered {
	readonly title: string;
	readonly body: Body;
	readonly values: readonly unknown[];
}

export interface Outcome {
	readonly title: string;
	/** What failed, with its stack; `undefined` for a test that passed. */
	readonly failure: string | undefined;
	readonly logs: readonly string[];
}

const tests: Registered[] = [];
const hooks: Record<"before" | "after" | "beforeEach" | "afterEach", Body[]> = {
	before: [],
	after: [],
	beforeEach: [],
	afterEach: [],
};

function register(title: string, body: Body, ...values: unknown[]): void {
	tests.push({ title, body, values });
}

/** A hook may have a title, which is of no use here. */
function hook(name: keyof typeof hooks): (first: string | Body, second?: Body) => void {
	return (first, second) => {
		const body = typeof first === "function" ? first : second;
		if (body !== undefined) hooks[name].push(body);
	};
}

const ignore = (): void => {};

const test = Object.assign(register, {
	serial: register,
	skip: ignore,
	todo: ignore,
	before: hook("before"),
	after: Object.assign(hook("after"), { always: hook("after") }),
	beforeEach: hook("beforeEach"),
	afterEach: Object.assign(hook("afterEach"), { always: hook("afterEach") }),
});

export default test;

/** Who starts the tests may choose among them, and may look on. */
export interface Watch {
	/** Asked before each test: a test that is not wanted is left out. */
	readonly wants?: (title: string) => boolean;
	readonly started?: (title: string) => void;
	readonly ended?: (outcome: Outcome) => void;
	/** How a test, and what follows it, is waited for; without it however long it takes. */
	readonly bound?: (running: Promise<void>) => Promise<void>;
}

/** Runs the wanted tests of the file, one after another, and tells how each one ended. */
export async function runAll(watch: Watch = {}): Promise<Outcome[]> {
	const shared = makeContext("hooks");
	for (const body of hooks.before) await body(shared.t);
	const outcomes: Outcome[] = [];
	for (const registered of tests) {
		if (watch.wants?.(registered.title) === false) continue;
		watch.started?.(registered.title);
		const outcome = await runOne(registered, shared.t.context, watch.bound);
		watch.ended?.(outcome);
		outcomes.push(outcome);
	}
	for (const body of hooks.after) await body(shared.t);
	await shared.tearDown();
	return outcomes;
}

async function runOne(
	{ title, body, values }: Registered,
	context: object,
	bound: Watch["bound"] = (running) => running,
): Promise<Outcome> {
	const { t, logs, tearDown, counted } = makeContext(title);
	Object.assign(t.context, context);
	let failure: string | undefined;
	const attempt = async (action: () => Promise<void>) => {
		try {
			await bound(action());
		} catch (error) {
			failure ??= error instanceof Error ? `${error}\n${error.stack}` : `${error}`;
		}
	};
	await attempt(async () => {
		for (const before of hooks.beforeEach) await before(t);
		await body(t, ...values);
		if (counted() === 0) throw new RangeError("the test asserted nothing");
	});
	for (const after of hooks.afterEach)
		await attempt(async () => {
			await after(t);
		});
	await attempt(tearDown);
	return { title, failure, logs };
}
