import test from "ava";
import { SlotVault, VAULT_BYTES } from "../../../firmware/device/slot-vault.ts";
import { encodeUtf8 } from "../../../protocol/utf8.ts";
import { MemoryStorage, PowerLoss, tearModels } from "../../_helper/memory-storage.ts";

const options = { sizeBytes: VAULT_BYTES, sectorBytes: 4_096, writeAlign: 4 };

test("secrets are there after a restart, and gone when they were removed", (t) => {
	const storage = new MemoryStorage(options);
	const vault = new SlotVault(storage);
	t.is(vault.read("key"), undefined);
	vault.write("key", encodeUtf8("a"));
	vault.write("pin", encodeUtf8("b"));
	vault.write("key", undefined);
	const again = new SlotVault(storage);
	t.is(again.read("key"), undefined);
	t.deepEqual(again.read("pin"), encodeUtf8("b"));
});

test("a power cut anywhere in a write leaves the secrets before it or after it", (t) => {
	for (const tear of tearModels) {
		for (let atChange = 1; atChange <= 3; atChange++) {
			const storage = new MemoryStorage(options);
			const vault = new SlotVault(storage);
			vault.write("key", encodeUtf8("old"));
			vault.write("other", encodeUtf8("kept"));
			const cut = storage.restart({ cut: { atChange, tear, seed: atChange } });
			const before = new SlotVault(cut);
			t.throws(() => before.write("key", encodeUtf8("new")), { instanceOf: PowerLoss });
			const after = new SlotVault(cut.restart());
			const found = after.read("key");
			const isOneOfBoth = [encodeUtf8("old"), encodeUtf8("new")].some(
				(value) => String(value) === String(found),
			);
			t.true(isOneOfBoth, `${tear} at change ${atChange}: ${String(found)}`);
			t.deepEqual(after.read("other"), encodeUtf8("kept"));
			after.write("key", encodeUtf8("later"));
			t.deepEqual(after.read("key"), encodeUtf8("later"));
		}
	}
});

test("more than a slot holds is refused, and nothing has changed", (t) => {
	const storage = new MemoryStorage(options);
	const vault = new SlotVault(storage);
	for (let count = 0; count < 3; count++) vault.write(`secret ${count}`, new Uint8Array(1_024));
	t.throws(() => vault.write("one more", new Uint8Array(1_024)), { code: "LIMIT" });
	t.is(vault.read("one more"), undefined);
	t.is(new SlotVault(storage).read("secret 2")?.length, 1_024);
});
