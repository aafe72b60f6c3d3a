/** An account of Teamogy: where it is, and how requests to it are sent. */
export interface Account {
	/** Scheme and host, e.g. `https://yourcompany.teamogy.com`. */
	origin: string;
	unitId: number;
	apiKey: string;
	requestsPerMinute: number;
}
