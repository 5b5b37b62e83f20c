import { swiftParser } from "./swift-mt.ts";

/** SWIFT MT942, the bank's report during the day; the MT940 of the day books what it announces. */
export const mt942 = swiftParser({ format: "MT942", status: "pending" });
