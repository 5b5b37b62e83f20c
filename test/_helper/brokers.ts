import { connectAsync } from "mqtt";
import type { BrokerChoice } from "../../host/start.ts";

const mosquittoUrl = process.env.CLOSEOUT_TEST_MQTT ?? "mqtt://127.0.0.1:1883";
const mustHaveServers = process.env.CI === "true" || process.env.CLOSEOUT_REQUIRE_SERVERS === "1";

export interface BrokerPlace {
	readonly name: "embedded" | "external";
	readonly choice: BrokerChoice;
}

/** Brokers that can be had here; says so when one cannot. Fails where servers are required. */
export async function brokerPlaces(): Promise<readonly BrokerPlace[]> {
	const embedded: BrokerPlace = { name: "embedded", choice: { embedded: 0 } };
	const external: BrokerPlace = { name: "external", choice: { url: mosquittoUrl } };
	try {
		const client = await connectAsync(mosquittoUrl, { connectTimeout: 2000 }, false);
		await client.endAsync(true);
		return [embedded, external];
	} catch (error) {
		if (mustHaveServers) throw error;
		console.warn(
			`no broker at ${mosquittoUrl}: its tests are left out; set CLOSEOUT_TEST_MQTT to run them`,
		);
		return [embedded];
	}
}
