import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { formatDate } from "../../protocol/time.ts";
import { type Composed, compose } from "../emulator/compose.ts";
import { Progress } from "../emulator/progress.ts";

/**
 * `npm run screenshot`: lives one day and takes the pictures of the README in headless Chromium. The browser is
 * the system's own; `CHROMIUM` names another one.
 */
const folder = new URL("./", import.meta.url).pathname;
const till = "/v1/terminals/till-0001";
const amounts = ["28.00", "8.80", "128.00", "46.50", "19.90", "35.00"];
const schemes = ["UNIONPAY", "WECHAT", "VISA", "ALIPAY", "UNIONPAY", "UNIONPAY"];

const chromiumFlags = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-background-networking",
	"--no-first-run",
];

class Desk {
	readonly #composed: Composed;

	constructor(composed: Composed) {
		this.#composed = composed;
	}

	async control(method: string, path: string, body?: object): Promise<string> {
		const url = new URL(path, this.#composed.emulatorUrl);
		const headers = body === undefined ? {} : { "content-type": "application/json" };
		const init = body === undefined ? {} : { body: JSON.stringify(body) };
		return answer(await fetch(url, { method, headers, ...init }));
	}

	async host(method: string, path: string, body?: string): Promise<string> {
		const url = new URL(path, this.#composed.dashboardUrl);
		const headers = body?.startsWith("{") ? { "content-type": "application/json" } : {};
		return answer(await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) }));
	}

	press(...keys: readonly string[]): Promise<string> {
		return this.control("POST", `${till}/keys`, { keys });
	}

	advance(ms: number): Promise<string> {
		return this.control("POST", "/v1/clock/advance", { ms });
	}
}

async function answer(reply: Response): Promise<string> {
	const text = await reply.text();
	if (!reply.ok) throw new Error(`${reply.url}: ${text}`);
	return text;
}

async function morning(desk: Desk): Promise<void> {
	await desk.control("PUT", "/v1/clock", { mode: "manual" });
	await desk.control("POST", "/v1/clock/advance", { to: "09:30" });
	await desk.press("menu", "1", "0", "1", "ok");
	for (const [index, amount] of amounts.entries()) {
		const payment = { amount, scheme: schemes[index], lastFour: "1234", wait: true };
		await desk.control("POST", `${till}/payments`, payment);
		await desk.advance(20 * 60_000);
	}
	await desk.press("menu", "3");
}

/** Settles, prints, closes; then the files of acquirer and bank come, and the bank has forgotten one sale. */
async function evening(desk: Desk): Promise<void> {
	await desk.press("ok");
	await desk.advance(120_000);
	await desk.press("menu", "3", "ok", "ok");
	await desk.press("menu", "4", "ok", "ok");
	await desk.advance(60_000);
	await desk.control("POST", "/v1/bank/faults", { fault: "forget", trace: 3 });
	await desk.control("POST", `${till}/link/quiet`);
	const clearing = await desk.control("GET", "/v1/acquirer/file");
	const statement = await desk.control("GET", "/v1/bank/statement");
	await desk.host("POST", "/api/statements?name=acquirer.csv", clearing);
	await desk.host("POST", "/api/statements?name=bank.xml", statement);
	// A bank has three days; what has not come by then is missing.
	await desk.advance(6 * 86_400_000);
	await desk.host("POST", "/api/reconcile", "{}");
}

async function picture(page: Page, url: string, ready: string, name: string): Promise<void> {
	await page.goto(url);
	await page.locator(ready).first().waitFor();
	await page.waitForLoadState("networkidle").catch(() => undefined);
	await page.screenshot({ path: join(folder, `${name}.png`) });
	process.stdout.write(`test/screenshot/${name}.png\n`);
}

async function takeAll(browser: Browser, composed: Composed): Promise<void> {
	const desk = new Desk(composed);
	const page = await browser.newPage({
		viewport: { width: 1280, height: 800 },
		locale: "zh-CN",
	});
	await morning(desk);
	await picture(page, composed.emulatorUrl, "text=不能交班", "terminal");
	await evening(desk);
	const status: unknown = JSON.parse(await desk.control("GET", `${till}/state`));
	const date = businessDateOf(status);
	const day = `${composed.dashboardUrl}/#/terminal/till-0001/${formatDate(date)}`;
	await picture(page, day, "text=till-0001", "dashboard");
	await picture(page, `${composed.dashboardUrl}/#/differences`, "text=100000000003", "differences");
}

function businessDateOf(state: unknown): number {
	if (typeof state !== "object" || state === null || !("days" in state)) return 0;
	const [day]: unknown[] = Array.isArray(state.days) ? state.days : [];
	const known = typeof day === "object" && day !== null && "businessDate" in day;
	return known && typeof day.businessDate === "number" ? day.businessDate : 0;
}

const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
const dataDir = await mkdtemp(join(tmpdir(), "closeout-screenshot-"));
const composed = await compose({
	dataDir,
	emulatorPort: 0,
	dashboardPort: 0,
	brokerPort: 0,
	progress: new Progress(process.stderr),
});
const browser = await chromium.launch({ executablePath, args: chromiumFlags });
try {
	await takeAll(browser, composed);
} finally {
	await browser.close();
	await composed.close();
	await rm(dataDir, { recursive: true, force: true });
}
