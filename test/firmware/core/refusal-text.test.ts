import test from "ava";
import { refusals } from "../../../firmware/core/day/refusal.ts";
import { refusalZhCn } from "../../../firmware/core/text/refusal-zh-cn.ts";

test("every refusal says in Chinese what it says in English", (t) => {
	t.deepEqual(Object.keys(refusalZhCn).sort(), Object.keys(refusals).sort());
	for (const text of Object.values(refusalZhCn)) t.regex(text, /[\u4e00-\u9fff]/);
});
