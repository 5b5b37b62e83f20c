import { type CsvMapping, parseCsvMapping } from "./csv-mapping.ts";
import checkoutPayouts from "./mapping/checkout-payouts.json" with { type: "json" };
import checkoutSettlement from "./mapping/checkout-settlement.json" with { type: "json" };
import chinaumsDetail from "./mapping/chinaums-detail.json" with { type: "json" };
import dlocalSettlement from "./mapping/dlocal-settlement.json" with { type: "json" };
import squareTransactions from "./mapping/square-transactions.json" with { type: "json" };
import sumupAccount from "./mapping/sumup-account.json" with { type: "json" };
import sumupTransactions from "./mapping/sumup-transactions.json" with { type: "json" };
import trustlySettlement from "./mapping/trustly-settlement.json" with { type: "json" };
import twintBusiness from "./mapping/twint-business.json" with { type: "json" };
import unionpayAcquirer from "./mapping/unionpay-acquirer.json" with { type: "json" };

/** Mappings of reports that need no code of their own. */
export const shippedMappings: readonly CsvMapping[] = [
	checkoutPayouts,
	checkoutSettlement,
	chinaumsDetail,
	dlocalSettlement,
	squareTransactions,
	sumupAccount,
	sumupTransactions,
	trustlySettlement,
	twintBusiness,
	unionpayAcquirer,
].map((mapping) => parseCsvMapping(mapping, mapping.format));

/** The shipped mapping of a format; undefined when there is none. */
export function shippedMapping(format: string): CsvMapping | undefined {
	return shippedMappings.find((mapping) => mapping.format === format);
}
