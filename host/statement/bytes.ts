/** The first bytes of a stream, at least `length` of them unless it is shorter, and the whole stream again. */
export interface Peeked {
	readonly head: Uint8Array;
	readonly bytes: AsyncGenerator<Uint8Array>;
}

/** Looks at the start of a stream without losing it. */
export async function peek(bytes: AsyncIterable<Uint8Array>, length: number): Promise<Peeked> {
	const iterator = bytes[Symbol.asyncIterator]();
	const pieces: Uint8Array[] = [];
	let have = 0;
	while (have < length) {
		const next = await iterator.next();
		if (next.done === true) break;
		pieces.push(next.value);
		have += next.value.length;
	}
	const head = new Uint8Array(have);
	let at = 0;
	for (const piece of pieces) {
		head.set(piece, at);
		at += piece.length;
	}
	return { head, bytes: resume(head, iterator) };
}

async function* resume(
	head: Uint8Array,
	iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	try {
		yield head;
		for (;;) {
			const next = await iterator.next();
			if (next.done === true) return;
			yield next.value;
		}
	} finally {
		await iterator.return?.();
	}
}
