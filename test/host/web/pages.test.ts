import { existsSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import { type Browser, chromium, type Page } from "playwright-core";
import { startApi } from "../../../host/api/server.ts";
import { formatListSeal } from "../../../protocol/paper-seal.ts";
import { DEMO_OPEN_S } from "../../_helper/demo-shop.ts";
import { clearingFile, type Face, setUpFace } from "../api/_setup.ts";

const executablePath = "/usr/bin/chromium";
const inBrowser = existsSync(executablePath) ? test : test.skip;
const nowS = () => DEMO_OPEN_S + 7 * 86_400;

const args = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

async function openPage(
	t: ExecutionContext,
	locale: string,
): Promise<Face & { readonly page: Page; readonly url: string }> {
	const face = await setUpFace(t);
	const api = await startApi({ source: face.source, nowS, port: 0 });
	t.teardown(api.close);
	const browser: Browser = await chromium.launch({ executablePath, args });
	t.teardown(() => browser.close());
	const page = await browser.newPage({ locale });
	page.on("pageerror", (error) => t.fail(error.message));
	await page.goto(api.url);
	await page.waitForSelector("tbody tr");
	return { ...face, page, url: api.url };
}

async function textOf(page: Page, selector: string): Promise<string> {
	return (await page.textContent(selector)) ?? "";
}

inBrowser("fleet, day, slip and list are shown, and the keyboard is enough", async (t) => {
	const { page } = await openPage(t, "zh-CN");
	t.regex(await textOf(page, "tbody tr:first-child"), /till-0002[\s\S]*缺 5 项[\s\S]*6 笔未结算/);
	// From the skip link to the link of the first terminal.
	await page.focus("tbody tr:first-child a");
	await page.keyboard.press("Enter");
	await page.waitForSelector(".verdict");
	t.regex(await textOf(page, ".verdict"), /本日还缺 5 项[\s\S]*6 笔未结算，共 CNY 1,121\.30/);
	await page.focus("tbody button");
	await page.keyboard.press("Enter");
	await page.waitForSelector("dialog[open] img");
	const isDrawn = "document.querySelector('dialog img').naturalWidth > 0";
	await page.waitForFunction(isDrawn);
	await page.keyboard.press("Escape");
	await page.waitForSelector("dialog", { state: "detached" });
	t.pass();
});

inBrowser("a paper list is checked by the text of its QR code", async (t) => {
	const { page } = await openPage(t, "en");
	await page.focus("tbody tr:first-child a");
	await page.keyboard.press("Enter");
	const field = await page.waitForSelector("form input[type=text]");
	await field.fill("https://example.org");
	await page.keyboard.press("Enter");
	t.regex(await textOf(page, "form + div"), /^(\s*|This is not the QR code of a daily list\.)$/);
	await page.waitForSelector("form + div .verdict.bad");
	const short = formatListSeal({
		...{ terminal: "till-0001", epoch: 1, subject: 1, first: 1, last: 3, rowCount: 7 },
		...{ netMinor: 900, currency: "CNY", hash: "00".repeat(32), head: null },
	});
	await field.fill(short);
	await page.keyboard.press("Enter");
	await page.waitForSelector("form + div .verdict li");
	t.regex(await textOf(page, "form + div"), /A different list[\s\S]*On paper: 7 rows, CNY 9\.00/);
	t.regex(await textOf(page, "form + div"), /Not signed/);
});

inBrowser("a statement is dropped in, looked at, imported and compared", async (t) => {
	const { page, store } = await openPage(t, "en");
	const { csv } = await clearingFile(store, { remove: 1, double: 0, change: 1 });
	await page.click("nav a[href='#/statements']");
	const file = (text: string) => ({
		name: "clearing.csv",
		mimeType: "text/csv",
		buffer: Buffer.from(text),
	});
	await page.setInputFiles("input[type=file]", file(csv.replace(",12.80,", ",12.8x,")));
	await page.waitForSelector(".failure");
	t.regex(await textOf(page, ".failure"), /Nothing was imported[\s\S]*clearing\.csv:2/);
	await page.setInputFiles("input[type=file]", file(csv));
	await page.click("button.primary");
	await page.waitForSelector(".done");
	await page.click("nav a:nth-child(2)");
	await page.click("button.primary");
	await page.waitForSelector(".difference");
	const reasons = await page.locator(".difference .reason").allInnerTexts();
	t.deepEqual(reasons.sort(), ["Missing at the acquirer", "Other amount", "Other status"]);
	await page.locator(".leg button").first().click();
	await page.waitForSelector("dialog .facts");
	t.regex(await textOf(page, "dialog"), /Journal record till-000\d 1\.\d+[\s\S]*intent/);
});

inBrowser("a wrong line is kept aside, its CSV fetched, and a wrong total accepted", async (t) => {
	const { page, store, url } = await openPage(t, "en");
	const { csv } = await clearingFile(store);
	await page.click("nav a[href='#/statements']");
	const choose = (name: string, text: string) =>
		page.setInputFiles("input[type=file]", { name, mimeType: "", buffer: Buffer.from(text) });
	await choose("clearing.csv", csv.replace(",12.80,", ",12.8x,"));
	await page.click(".failure ~ .tools button");
	await page.waitForSelector("button.primary");
	t.regex(await textOf(page, ".card"), /1 lines to be kept aside[\s\S]*12\.8x/);
	await page.click("button.primary");
	await page.waitForSelector("text=Lines kept aside");
	const link = await page.getAttribute("a[href*=bad-rows]", "href");
	const fetched = await (await fetch(`${url}${link}`)).text();
	t.regex(fetched, /^format,.*\r\ncorrected-acquirer,[^,]+,1,clearing\.csv,2,amount,/);
	const bank = [":20:A", ":25:X1", ":28C:1", ":60F:C261119CNY1,00", ":61:261120C1,00NTRFR1"];
	await choose("a.sta", `${[...bank, ":62F:C261120CNY3,00"].join("\n")}\n`);
	await page.waitForSelector("[role=alert]");
	t.regex(await textOf(page, "[role=alert]"), /would be refused[\s\S]*a\.sta:6: .*3\.00 CNY/);
	await page.click("[role=alert] button");
	await page.click("button.primary");
	await page.waitForSelector(".done");
	t.is((await store.listStatements()).length, 2);
});

inBrowser("the language is one key away and stays", async (t) => {
	const { page } = await openPage(t, "en");
	t.is(await textOf(page, "h1"), "Terminals");
	await page.click("header button");
	t.is(await textOf(page, "h1"), "终端");
	await page.reload();
	await page.waitForSelector("h1");
	t.is(await textOf(page, "h1"), "终端");
	t.is(await page.getAttribute("html", "lang"), "zh-CN");
});

inBrowser("a case is claimed with a reason, and its history says so", async (t) => {
	const { page, store, source, url } = await openPage(t, "zh-CN");
	const { csv } = await clearingFile(store, { remove: 1, double: 0, change: 0 });
	const bytes = (async function* () {
		yield new TextEncoder().encode(csv);
	})();
	await source.importStatement({ name: "clearing.csv", bytes, dryRun: false });
	await source.reconcile({});
	await page.goto(`${url}#/cases?reason=missing-at-acquirer`);
	await page.click("tbody tr a");
	await page.waitForSelector(".timeline li");
	t.regex(await textOf(page, "main"), /期限 2026-12-11/);
	await page.fill("input[name=by]", "李伟");
	await page.selectOption("select[name=deed]", "claimed");
	await page.fill("input[name=text]", "已发邮件");
	await page.click("form button[type=submit]");
	await page.waitForSelector(".timeline li:nth-child(2)");
	t.regex(await textOf(page, ".timeline"), /李伟：已提出[\s\S]*已发邮件/);
	await page.setInputFiles("input[type=file]", {
		name: "slip.txt",
		mimeType: "text/plain",
		buffer: Buffer.from("seen"),
	});
	await page.waitForSelector("a[href$='/attachments/1']");
	t.is((await source.cases.list({ state: "claimed" })).length, 1);
});
