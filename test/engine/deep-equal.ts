/**
 * Same structure and values, compared as AVA's `deepEqual` does: same kind of object, own enumerable fields,
 * items of lists, maps and sets in their order, bytes of byte arrays; numbers by `Object.is`.
 */
export function deepEqual(left: unknown, right: unknown): boolean {
	if (Object.is(left, right)) return true;
	if (!isObject(left) || !isObject(right)) return false;
	if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false;
	if (left instanceof Date && right instanceof Date) return left.getTime() === right.getTime();
	if (left instanceof Error && right instanceof Error) {
		if (left.name !== right.name || left.message !== right.message) return false;
	}
	if (left instanceof ArrayBuffer && right instanceof ArrayBuffer) {
		return deepEqual(new Uint8Array(left), new Uint8Array(right));
	}
	return equalItems(left, right) && equalFields(left, right);
}

/** True when each field of `pattern` is in `value`, at any depth; lists match item by item. */
export function isLike(value: unknown, pattern: unknown): boolean {
	if (!isObject(pattern)) return Object.is(value, pattern);
	if (!isObject(value)) return false;
	const plain = Object.getPrototypeOf(pattern);
	if (plain !== Object.prototype && plain !== Array.prototype) return deepEqual(value, pattern);
	return Reflect.ownKeys(pattern).every((key) =>
		isLike(Reflect.get(value, key), Reflect.get(pattern, key)),
	);
}

function isObject(value: unknown): value is object {
	return typeof value === "object" && value !== null;
}

function equalItems(left: object, right: object): boolean {
	if (!isCollection(left) || !isCollection(right)) return true;
	const leftItems = [...left];
	const rightItems = [...right];
	return (
		leftItems.length === rightItems.length &&
		leftItems.every((item, index) => deepEqual(item, rightItems[index]))
	);
}

function isCollection(value: object): value is Iterable<unknown> {
	return value instanceof Map || value instanceof Set;
}

function equalFields(left: object, right: object): boolean {
	const keys = fieldKeys(left);
	if (keys.length !== fieldKeys(right).length) return false;
	return keys.every(
		(key) =>
			Object.prototype.propertyIsEnumerable.call(right, key) &&
			deepEqual(Reflect.get(left, key), Reflect.get(right, key)),
	);
}

function fieldKeys(value: object): PropertyKey[] {
	return Reflect.ownKeys(value).filter((key) =>
		Object.prototype.propertyIsEnumerable.call(value, key),
	);
}
