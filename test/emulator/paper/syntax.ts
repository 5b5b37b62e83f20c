/**
 * The grammar of ESC/POS: where a command begins and how many bytes belong to it, written after the
 * command reference and knowing nothing of what our own encoder sends.
 */

/** A command by its name in the reference, with the bytes behind the name. */
export interface Command {
	readonly name: string;
	readonly parameters: readonly number[];
	readonly isKnown: boolean;
}

/** A coroutine that is resumed with one byte after the other, so a stream may be cut anywhere. */
export type Reader<Result> = Generator<undefined, Result, number>;

/** A count of parameter bytes, or how to find it out. */
type Shape = number | (() => Reader<number[]>);

/** The next byte. */
export function* take(): Reader<number> {
	return yield;
}

/** The next `count` bytes. */
export function* takeMany(count: number): Reader<number[]> {
	const bytes: number[] = [];
	while (bytes.length < count) bytes.push(yield);
	return bytes;
}

/** The rest of a command that began with `first`: a control byte or one of DLE, ESC, FS and GS. */
export function* takeCommand(first: number): Reader<Command> {
	const family = families[first];
	if (family === undefined) {
		const name = controls[first];
		return { name: name ?? "control", parameters: [first], isKnown: name !== undefined };
	}
	const second = yield;
	const letter = String.fromCharCode(second);
	const name = `${family.name} ${letter}`;
	const shape = family.shapes[letter];
	if (shape === undefined) return { name, parameters: [first, second], isKnown: false };
	const parameters = typeof shape === "number" ? yield* takeMany(shape) : yield* shape();
	return { name, parameters, isKnown: true };
}

/** A head of bytes and as many more as the head says. */
function headed(headCount: number, more: (...head: number[]) => number): () => Reader<number[]> {
	return function* () {
		const head = yield* takeMany(headCount);
		return [...head, ...(yield* takeMany(more(...head)))];
	};
}

/** Bytes up to a zero, without it. */
function* untilZero(): Reader<number[]> {
	const bytes: number[] = [];
	for (let byte = yield; byte !== 0; byte = yield) bytes.push(byte);
	return bytes;
}

const word = (low = 0, high = 0): number => low + high * 256;

/** `pL pH` and that many bytes, behind a function letter: GS ( and FS ( alike. */
const extended = headed(3, (_letter, low, high) => word(low, high));

/** ESC &: for each character from c1 to c2 its width x and x * y bytes. */
function* userCharacters(): Reader<number[]> {
	const head = yield* takeMany(3);
	const [y = 0, from = 0, to = 0] = head;
	const bytes = [...head];
	for (let character = from; character <= to; character++) {
		const x = yield;
		bytes.push(x, ...(yield* takeMany(x * y)));
	}
	return bytes;
}

/** GS k: m below 65 ends with a zero, otherwise the length stands first. */
function* barcode(): Reader<number[]> {
	const system = yield;
	if (system < 65) return [system, ...(yield* untilZero())];
	return [system, ...(yield* takeMany(yield))];
}

/** GS 8 L: the same as GS ( L with a length of four bytes. */
function* longGraphics(): Reader<number[]> {
	const [letter = 0, a = 0, b = 0, c = 0, d = 0] = yield* takeMany(5);
	return [letter, 0, 0, ...(yield* takeMany(word(a, b) + word(c, d) * 65_536))];
}

/** FS q: n images, each with its size in units of 8 dots. */
function* storedImages(): Reader<number[]> {
	const count = yield;
	const bytes = [count];
	for (let image = 0; image < count; image++) {
		const size = yield* takeMany(4);
		const [xLow, xHigh, yLow, yHigh] = size;
		bytes.push(...size, ...(yield* takeMany(word(xLow, xHigh) * word(yLow, yHigh) * 8)));
	}
	return bytes;
}

/** GS C: counter commands, told apart by the byte behind. */
const counter = headed(1, (kind) => ({ 48: 2, 49: 6, 50: 2 })[kind ?? 0] ?? 0);
const realTime = headed(1, (kind) => ({ 1: 2, 2: 2, 3: 0, 7: 1, 8: 7 })[kind ?? 0] ?? 0);
const realTimeStatus = headed(1, (kind) => (kind === 7 || kind === 8 || kind === 18 ? 1 : 0));
/** GS V: the forms from 65 on feed first and say how far. */
const cut = headed(1, (mode) => ((mode ?? 0) >= 65 ? 1 : 0));
const raster = headed(6, (_zero, _mode, xLow, xHigh, yLow, yHigh) =>
	Math.imul(word(xLow, xHigh), word(yLow, yHigh)),
);
const bitImage = headed(3, (mode, low, high) => word(low, high) * ((mode ?? 0) >= 32 ? 3 : 1));
const downloadedImage = headed(2, (x = 0, y = 0) => x * y * 8);

/** One count for each letter of a list. */
function each(letters: string, shape: Shape): Readonly<Record<string, Shape>> {
	return Object.fromEntries([...letters].map((letter) => [letter, shape]));
}

const controls: Readonly<Record<number, string>> = {
	9: "HT",
	10: "LF",
	12: "FF",
	13: "CR",
	24: "CAN",
};

const families: Readonly<
	Record<number, { readonly name: string; readonly shapes: Readonly<Record<string, Shape>> }>
> = {
	16: { name: "DLE", shapes: { "\x04": realTimeStatus, "\x05": 1, "\x14": realTime } },
	27: {
		name: "ESC",
		shapes: {
			...each("@2<LSimu\f", 0),
			...each(" !%-3=?AEGJKMRTUVadert{", 1),
			...each("$\\c", 2),
			p: 3,
			W: 8,
			D: untilZero,
			u: 1,
			"*": bitImage,
			"&": userCharacters,
		},
	},
	28: {
		name: "FS",
		shapes: {
			...each("&.", 0),
			...each("!-?CW", 1),
			"?": 2,
			S: 2,
			p: 2,
			2: headed(2, () => 72),
			q: storedImages,
			"(": extended,
		},
	},
	29: {
		name: "GS",
		shapes: {
			...each(":", 0),
			...each("!#/BEHITabfhjrwz", 1),
			...each("$\\LPW", 2),
			...each("^g", 3),
			c: 0,
			z: 2,
			"(": extended,
			"*": downloadedImage,
			8: longGraphics,
			C: counter,
			V: cut,
			k: barcode,
			v: raster,
		},
	},
};
