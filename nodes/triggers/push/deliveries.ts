import type { SentResponse } from './response';

/** One push: hashes of the record's ID and of the content. */
export interface Delivery {
	record: string;
	content: string;
}

/** The latest delivery of a record. */
interface ReceivedDelivery {
	/** Empty once the delivery is not accepted: then no delivery equals this one. */
	content: string;
	/** When the delivery came, in milliseconds since 1970. */
	at: number;
	/** True until n8n answers the delivery. */
	isUnderWay: boolean;
	outcome: Promise<SentResponse>;
	/** The response, once the delivery is accepted. */
	response?: SentResponse;
}

/** A response in static data. A body is always JSON, so that the response needs no other headers. */
interface StoredResponse {
	status: number;
	/** The bytes of the body, one character each. */
	body?: string;
}

/** The accepted deliveries of a webhook in the workflow's static data, by record. */
type StoredDeliveries = Record<string, [content: string, at: number, response?: StoredResponse]>;

/** Teamogy repeats within 24 hours (DOC "Integration options"); how exactly is UNKNOWN. */
const REMEMBERED_MS = 25 * 60 * 60 * 1000;
/** How much the clocks of several n8n processes may differ. */
const CLOCK_SKEW_MS = 60 * 1000;
/** How many records are remembered beside those with a delivery under way. */
const MAX_RECORDS = 2000;
/** Bytes of a response that is remembered with its body. */
const MAX_REMEMBERED = 4096;
/** Bytes of a response that static data holds with its body. n8n saves all static data at every push. */
const MAX_STORED = 256;

const sizeAsJson = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const isAccepted = ({ status }: SentResponse): boolean => status >= 200 && status <= 299;

const isRemembered = ({ at }: ReceivedDelivery): boolean => at > Date.now() - REMEMBERED_MS;

const isJson = (type: unknown): boolean => /^application\/json\s*(;|$)/i.test(String(type));

const shorten = (response: SentResponse): SentResponse =>
	sizeAsJson(response) > MAX_REMEMBERED ? { status: response.status } : response;

/** A response for static data; undefined stands for the status 200 alone. */
function toStored({ status, content }: SentResponse): StoredResponse | undefined {
	const stored = { status, body: content?.body };
	if (isJson(content?.headers['content-type']) && sizeAsJson(stored) <= MAX_STORED) return stored;
	return status === 200 ? undefined : { status };
}

/** Parses a response from static data; undefined where it is not the response of an accepted delivery. */
function parseResponse(stored: unknown): SentResponse | undefined {
	if (stored === undefined) return { status: 200 };
	const { status, body } = (stored ?? {}) as Partial<Record<keyof StoredResponse, unknown>>;
	if (typeof status !== 'number' || !Number.isInteger(status)) return undefined;
	if (!isAccepted({ status })) return undefined;
	if (body === undefined) return { status };
	if (typeof body !== 'string' || sizeAsJson(stored) > MAX_REMEMBERED) return undefined;
	try {
		JSON.parse(Buffer.from(body, 'latin1').toString());
	} catch {
		return undefined;
	}
	const headers = { 'content-type': 'application/json; charset=utf-8' };
	return { status, content: { headers, body } };
}

/** Parses a delivery from static data; undefined where it is malformed. */
function parseDelivery(stored: unknown): ReceivedDelivery | undefined {
	if (!Array.isArray(stored)) return undefined;
	const [content, at] = stored as unknown[];
	if (typeof content !== 'string' || !content) return undefined;
	if (typeof at !== 'number' || !(at <= Date.now() + CLOCK_SKEW_MS)) return undefined;
	const response = parseResponse(stored[2]);
	if (!response) return undefined;
	return { content, at, isUnderWay: false, outcome: Promise.resolve(response), response };
}

/**
 * The deliveries that one webhook has received: in memory, where the outcome of a delivery is known as soon
 * as n8n answers; and in static data, which outlives the process.
 *
 * A repeat has the content of the latest delivery of its record. A record that goes back to earlier content
 * counts as changed, and a delivery that is not accepted is forgotten: in doubt a delivery is carried out.
 */
export class Deliveries {
	/** By record. The latest delivery is the last entry, so that the oldest one is dropped first. */
	private readonly latest = new Map<string, ReceivedDelivery>();

	/**
	 * The response to an equal delivery before, once there is one; undefined for a delivery that must be carried
	 * out. Of several equal deliveries at the same time one is carried out.
	 *
	 * @param capture gives the response to a delivery that is carried out
	 */
	async checkDuplicate(
		{ record, content }: Delivery,
		capture: () => Promise<SentResponse>,
	): Promise<SentResponse | undefined> {
		for (;;) {
			const latest = this.latest.get(record);
			// No `await` from here to `start`: otherwise two equal deliveries could both be carried out.
			if (latest?.content !== content || !isRemembered(latest)) break;
			const response = await latest.outcome;
			if (isAccepted(response)) return response;
		}
		this.start(record, content, capture());
		return undefined;
	}

	/** Adds the deliveries that another process, or this one before a restart, has stored. */
	load(stored: unknown): void {
		if (typeof stored !== 'object' || stored === null) return;
		for (const [record, entry] of Object.entries(stored)) {
			const delivery = parseDelivery(entry);
			if (!delivery || delivery.at <= (this.latest.get(record)?.at ?? 0)) continue;
			this.remember(record, delivery);
		}
	}

	/**
	 * The deliveries to store.
	 *
	 * @param accepted a delivery that counts as accepted although its response is not known yet
	 */
	toStaticData(accepted?: Delivery): StoredDeliveries {
		const entries = [...this.latest]
			.filter(
				([record, received]) =>
					(received.response ?? (record === accepted?.record && received.content)) &&
					isRemembered(received),
			)
			.map(([record, { content, at, response }]) => {
				const stored = response && toStored(response);
				return [record, stored ? [content, at, stored] : [content, at]];
			});
		return Object.fromEntries(entries) as StoredDeliveries;
	}

	private start(record: string, content: string, captured: Promise<SentResponse>): void {
		const outcome = captured.then((response) => {
			received.isUnderWay = false;
			if (isAccepted(response)) received.response = shorten(response);
			// The entry stays, so that `load` does not restore an older one.
			else received.content = '';
			return received.response ?? response;
		});
		const received: ReceivedDelivery = { content, at: Date.now(), isUnderWay: true, outcome };
		this.remember(record, received);
	}

	/** A delivery under way is not dropped: a repeat would run beside it. */
	private remember(record: string, received: ReceivedDelivery): void {
		this.latest.delete(record);
		this.latest.set(record, received);
		for (const [oldest, delivery] of this.latest) {
			if (this.latest.size <= MAX_RECORDS) break;
			if (!delivery.isUnderWay || !isRemembered(delivery)) this.latest.delete(oldest);
		}
	}
}

/** By workflow and node: n8n calls the node anew for each request. */
export const DELIVERIES = new Map<string, Deliveries>();

/** The deliveries of a webhook, those in static data among them. */
export function getDeliveries(webhook: string, stored: unknown): Deliveries {
	let deliveries = DELIVERIES.get(webhook);
	if (!deliveries) DELIVERIES.set(webhook, (deliveries = new Deliveries()));
	deliveries.load(stored);
	return deliveries;
}
