import test from "ava";
import { hmacSha256 } from "../../../host/digest.ts";
import { answerChallenge } from "../../../host/service/response.ts";
import { deriveEnrolmentKey, deriveTerminalKey } from "../../../protocol/key.ts";
import { deriveServiceResponse } from "../../../protocol/service.ts";
import { openTestStore, storePlaces } from "../../_helper/stores.ts";

const code = "123456789012345678901234";
const terminal = "till-0001";
const terminalNonce = new Uint8Array(16).fill(1);
const hostNonce = new Uint8Array(16).fill(2);

for (const place of await storePlaces()) {
	test(`${place.name}: a response is the terminal's own, and who asked stays known`, async (t) => {
		const clock = { nowS: 1_795_305_600 };
		const store = await openTestStore(t, await place.make(t), clock);
		await store.addTerminal({ tenant: "shop", terminal });
		const question = { terminal, challenge: "0471 1234", by: " Li Wei " };
		await t.throwsAsync(answerChallenge(store, question), { code: "REFUSED" });
		const key = deriveEnrolmentKey(code, terminal, hmacSha256);
		await store.addEnrolment({ terminal, key, expiresS: clock.nowS + 60 });
		const [enrolment] = await store.enrolmentKeys(terminal, "shop");
		if (enrolment === undefined) return t.fail("an open code");
		const { epoch } = await store.useEnrolment({ ...enrolment, terminalNonce, hostNonce });
		const own = deriveTerminalKey(key, { terminalNonce, hostNonce, epoch }, hmacSha256);
		const challenge = "04711234";
		const response = deriveServiceResponse(own, { terminal, epoch, challenge }, hmacSha256);
		const asked = { terminal, epoch, purpose: "menu", challenge, by: "Li Wei", atS: clock.nowS };
		t.deepEqual(await answerChallenge(store, question), { ...asked, response });

		clock.nowS += 10;
		await answerChallenge(store, { ...question, by: "王芳" });
		t.deepEqual(await store.listServiceResponses({ terminal }), [
			{ ...asked, by: "王芳", atS: clock.nowS },
			asked,
		]);
		t.deepEqual(await store.listServiceResponses({ terminal: "till-0002" }), []);
		for (const wrong of [
			{ challenge: "0471123" },
			{ by: "" },
			{ by: "x".repeat(65) },
			{ by: "4111 1111 1111 1111" },
			{ terminal: "till-9999" },
		])
			await t.throwsAsync(answerChallenge(store, { ...question, ...wrong }));
		t.is((await store.listServiceResponses()).length, 2);
	});
}
