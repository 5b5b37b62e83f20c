import { swiftParser } from "./swift-mt.ts";

/** SWIFT MT940, the bank's statement of a day. */
export const mt940 = swiftParser({ format: "MT940", status: "approved" });
