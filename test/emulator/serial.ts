/** Runs actions one after another in the order they were given, so that none sees another half done. */
export class Serial {
	#last: Promise<unknown> = Promise.resolve();

	/** Resolves or rejects with the action's own result; a failure does not stop those behind it. */
	run<T>(action: () => Promise<T>): Promise<T> {
		const result = this.#last.then(action);
		this.#last = result.catch(() => undefined);
		return result;
	}

	/** Resolves when everything given so far is done. */
	async idle(): Promise<void> {
		await this.#last;
	}
}
