import { open, rm, stat, utimes } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 200;
const HEARTBEAT_MS = 1_000;
/** A lock that nobody has touched for this long was left behind by a builder that is gone. */
const STALE_MS = 15_000;

/**
 * Runs `work` while holding the lock file, unless `done()` becomes true first: then somebody else has done it.
 * The holder touches the file while it works, so a lock that was left behind is recognised by its age, also
 * between containers, where process ids say nothing. Two waiters may both take over a stale lock; `work` has
 * to publish its result in one atomic step.
 */
export async function underLock(
	lockPath: string,
	done: () => boolean,
	work: () => Promise<void>,
): Promise<void> {
	while (!done()) {
		if (await take(lockPath)) {
			const heartbeat = setInterval(() => touch(lockPath), HEARTBEAT_MS);
			try {
				if (!done()) await work();
				return;
			} finally {
				clearInterval(heartbeat);
				await rm(lockPath, { force: true });
			}
		}
		if ((await ageMs(lockPath)) > STALE_MS) await rm(lockPath, { force: true });
		else await delay(POLL_MS);
	}
}

async function take(lockPath: string): Promise<boolean> {
	try {
		const file = await open(lockPath, "wx");
		await file.close();
		return true;
	} catch (error) {
		if (codeOf(error) === "EEXIST") return false;
		throw error;
	}
}

/** A lock that vanished meanwhile is young: the next attempt takes it. */
async function ageMs(lockPath: string): Promise<number> {
	try {
		return Date.now() - (await stat(lockPath)).mtimeMs;
	} catch (error) {
		if (codeOf(error) === "ENOENT") return 0;
		throw error;
	}
}

/** Failing to touch only makes the lock look old, so nothing is reported. */
function touch(lockPath: string): void {
	const now = new Date();
	utimes(lockPath, now, now).catch(() => {});
}

function codeOf(error: unknown): unknown {
	return error instanceof Error && "code" in error ? error.code : undefined;
}
