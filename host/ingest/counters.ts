/** What came in, by what it turned out to be; since the start of the process. */
export interface Counters {
	received: number;
	/** Dropped unread because too many were waiting. */
	overflow: number;
	malformed: number;
	/** Made with a wrong key, for an epoch that is not there, or under another terminal's topic. */
	forged: number;
	unknownTerminal: number;
	wrongTopic: number;
	enrolled: number;
	enrolmentRefused: number;
	hello: number;
	batches: number;
	losses: number;
	records: number;
	duplicates: number;
	gaps: number;
	forks: number;
	/** Refused because the stream is frozen or fenced. */
	refused: number;
	strays: number;
	invalid: number;
	/** Messages with a card number in them, of which nothing was kept. */
	cardData: number;
	commits: number;
	commitFailures: number;
	acks: number;
	naks: number;
}

export function newCounters(): Counters {
	return {
		received: 0,
		overflow: 0,
		malformed: 0,
		forged: 0,
		unknownTerminal: 0,
		wrongTopic: 0,
		enrolled: 0,
		enrolmentRefused: 0,
		hello: 0,
		batches: 0,
		losses: 0,
		records: 0,
		duplicates: 0,
		gaps: 0,
		forks: 0,
		refused: 0,
		strays: 0,
		invalid: 0,
		cardData: 0,
		commits: 0,
		commitFailures: 0,
		acks: 0,
		naks: 0,
	};
}
