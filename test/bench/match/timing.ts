/** Processor seconds of this process, all threads, and seconds on the clock. */
export async function timed(run: () => Promise<void> | void): Promise<{
	readonly cpu: number;
	readonly wall: number;
}> {
	const before = process.cpuUsage();
	const start = performance.now();
	await run();
	const { user, system } = process.cpuUsage(before);
	return { cpu: (user + system) / 1e6, wall: (performance.now() - start) / 1e3 };
}

export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Most memory that this process had at once. */
export function peakBytes(): number {
	return process.resourceUsage().maxRSS * 1024;
}
