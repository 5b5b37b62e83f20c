import { PostgresDialect } from "kysely";
import pg from "pg";
import { CloseoutError } from "../../protocol/error.ts";

const INT8 = 20;
const NUMERIC = 1700;

function exactInteger(text: string): number {
	const value = Number(text);
	if (Number.isSafeInteger(value)) return value;
	throw new CloseoutError("STORE", `${text} from the database is no integer below 2^53`);
}

/** Integers come as numbers instead of text: counts, sequences and amounts of minor units stay below 2^53. */
function typeParser(oid: number, format?: "text" | "binary"): unknown {
	if ((oid === INT8 || oid === NUMERIC) && format !== "binary") return exactInteger;
	return pg.types.getTypeParser(oid, format);
}

/**
 * A Kysely dialect for a PostgreSQL server at `url`. All tables live in `schema`, which is made when it is not
 * there. `lost` is told when a connection breaks; the pool opens another one by itself.
 */
export function postgresDialect(options: {
	readonly url: string;
	readonly schema: string;
	readonly lost: (error: Error) => void;
}): PostgresDialect {
	const pool = new pg.Pool({
		connectionString: options.url,
		max: 8,
		types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
		options: `-c search_path=${options.schema} -c synchronous_commit=on`,
	});
	pool.on("error", options.lost);
	// The pool listens to idle connections only; one that breaks between two queries of a transaction would end the process.
	pool.on("connect", (client) => client.on("error", options.lost));
	return new PostgresDialect({ pool });
}
