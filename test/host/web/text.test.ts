import test from "ava";

interface Words {
	readonly [name: string]: string | Words;
}

async function wordsOf(file: string, name: string): Promise<Words> {
	const module: Readonly<Record<string, Words>> = await import(
		new URL(`../../../host/web/${file}`, import.meta.url).href
	);
	return module[name] ?? {};
}

/** Every key with the places that its text has. */
function shapeOf(words: Words, path = ""): string[] {
	return Object.entries(words).flatMap(([name, inner]) => {
		if (typeof inner !== "string") return shapeOf(inner, `${path}${name}.`);
		const places = [...inner.matchAll(/\{(\w+)\}/g)].map(([, place]) => place).sort();
		return [`${path}${name} ${places.join()}`];
	});
}

test("the pages say the same in both languages", async (t) => {
	const zhCn = await wordsOf("text-zh-cn.js", "zhCn");
	const en = await wordsOf("text-en.js", "en");
	t.true(shapeOf(zhCn).length > 200);
	t.deepEqual(shapeOf(en), shapeOf(zhCn));
});
