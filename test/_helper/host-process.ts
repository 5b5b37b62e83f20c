/**
 * A host in a process of its own, to be killed: `node host-process.ts <folder> <port>`. Says its port on
 * standard output when it listens.
 */
import { createLog } from "../../host/log.ts";
import { startHost } from "../../host/start.ts";

const [dataDir = "", port = "0"] = process.argv.slice(2);
const host = await startHost({
	dataDir,
	broker: { embedded: Number(port) },
	log: createLog("silent"),
});
process.stdout.write(`${host.brokerPort}\n`);
