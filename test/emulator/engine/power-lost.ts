/**
 * Thrown by a port of the parent to cut the power in the middle of that call. Not a `CloseoutError`, so that
 * no code that handles failures of a port takes it for one.
 */
export class PowerLost extends Error {
	constructor(message = "the power was cut") {
		super(message);
		this.name = "PowerLost";
	}
}
