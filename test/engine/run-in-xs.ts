import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { servePorts } from "../emulator/engine/bridge.ts";
import { bundle } from "../emulator/engine/bundle.ts";
import { XsWorker } from "../emulator/engine/worker.ts";
import type { Outcome } from "./ava-shim.ts";
import { makeFakePorts } from "./fake-ports.ts";
