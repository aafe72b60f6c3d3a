import type { SentResponse } from './response';

/** One push: which record it is about, and a digest of its content. */
export interface Delivery {
	record: string;
	content: string;
}

/** The latest delivery of a record. */
interface Received {
	/** Empty once the delivery was not accepted: then nothing equals it. */
	content: string;
	/** When it came, in milliseconds since 1970. */
	at: number;
	/** Until it is answered. */
	isUnderWay: boolean;
	outcome: Promise<SentResponse>;
	/** What it was answered with, once it is accepted. */
	response?: SentResponse;
}

/** A response in static data: always JSON, so that no server has to be told how to treat it. */
interface StoredResponse {
	status: number;
	/** Its bytes, one character each. */
	body: string;
}

/** A webhook's accepted deliveries in the workflow's static data, by record. */
type StoredDeliveries = Record<string, [content: string, at: number, response?: StoredResponse]>;

/** Teamogy repeats within 24 hours (DOC "Integration options"); how exactly is UNKNOWN. */
const REMEMBERED_MS = 25 * 60 * 60 * 1000;
/** How far the clocks of several n8n processes may differ. */
const CLOCK_SKEW_MS = 60 * 1000;
/** Records remembered, the latest ones, beside those under way. */
const MAX_RECORDS = 2000;
/** Bytes of a response that is remembered for repeats. */
const MAX_REMEMBERED = 4096;
/** Bytes of a response in static data, which is written anew at every push. */
const MAX_STORED = 256;

/** Bytes of a value as JSON. */
const sizeAsJson = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const isAccepted = ({ status }: SentResponse): boolean => status >= 200 && status <= 299;

const isRemembered = ({ isUnderWay, at }: Received): boolean =>
	isUnderWay || at > Date.now() - REMEMBERED_MS;

const isJson = (type: unknown): boolean => /^application\/json\s*(;|$)/i.test(String(type));

const shorten = (response: SentResponse): SentResponse =>
	sizeAsJson(response) > MAX_REMEMBERED ? { status: response.status } : response;

function toStored({ status, content }: SentResponse): StoredResponse | undefined {
	if (!content || !isJson(content.headers['content-type'])) return undefined;
	const stored = { status, body: content.body };
	return sizeAsJson(stored) > MAX_STORED ? undefined : stored;
}

/** A response from static data; undefined where it is none that was accepted. */
function readStored(stored: unknown): SentResponse | undefined {
	if (stored === undefined) return { status: 200 };
	const { status, body } = (stored ?? {}) as Partial<Record<keyof StoredResponse, unknown>>;
	if (typeof status !== 'number' || !isAccepted({ status })) return undefined;
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

/** A delivery from static data; undefined where it cannot be one. */
function readDelivery(stored: unknown): Received | undefined {
	if (!Array.isArray(stored)) return undefined;
	const [content, at] = stored as unknown[];
	if (typeof content !== 'string' || !content) return undefined;
	if (typeof at !== 'number' || !(at <= Date.now() + CLOCK_SKEW_MS)) return undefined;
	const response = readStored(stored[2]);
	if (!response) return undefined;
	return { content, at, isUnderWay: false, outcome: Promise.resolve(response), response };
}

/**
 * What one webhook has received: in memory, where the outcome of a delivery is known as soon as it is
 * answered; and in static data, which outlives the process.
 *
 * A repeat has the content its record came with last. One that went back to earlier content counts as
 * changed, and what was not accepted is forgotten: in doubt a delivery is carried out.
 */
export class Deliveries {
	/** By record; the latest stands last, so that the oldest is the first to go. */
	private readonly latest = new Map<string, Received>();

	/**
	 * The response an equal delivery got before, waiting for it if need be; undefined for a delivery
	 * that is to be carried out. Of several equal ones at the same time, one is.
	 *
	 * @param capture gives what a delivery that is carried out will have been answered with
	 */
	async checkDuplicate(
		{ record, content }: Delivery,
		capture: () => Promise<SentResponse>,
	): Promise<SentResponse | undefined> {
		for (;;) {
			const latest = this.latest.get(record);
			// From here to `start` nothing is waited for, or two could come to the same conclusion.
			if (latest?.content !== content || !isRemembered(latest)) break;
			const response = await latest.outcome;
			if (isAccepted(response)) return response;
		}
		this.start(record, content, capture());
		return undefined;
	}

	/** Takes in what another process, or this one before a restart, has stored; what is malformed is left out. */
	load(stored: unknown): void {
		if (typeof stored !== 'object' || stored === null) return;
		for (const [record, entry] of Object.entries(stored)) {
			const delivery = readDelivery(entry);
			if (!delivery || delivery.at <= (this.latest.get(record)?.at ?? 0)) continue;
			this.remember(record, delivery);
		}
	}

	/**
	 * What is to be stored.
	 *
	 * @param also a delivery that n8n accepts in the same breath as it saves this
	 */
	toStaticData(also?: Delivery): StoredDeliveries {
		const entries = [...this.latest]
			.filter(
				([record, received]) =>
					(received.response ?? (record === also?.record && received.content)) &&
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
			// It stays in the way of an earlier one that static data may still have.
			else received.content = '';
			return received.response ?? response;
		});
		const received: Received = { content, at: Date.now(), isUnderWay: true, outcome };
		this.remember(record, received);
	}

	/** What is under way is never forgotten: a repeat of it would run beside it. */
	private remember(record: string, received: Received): void {
		this.latest.delete(record);
		this.latest.set(record, received);
		for (const [oldest, { isUnderWay }] of this.latest) {
			if (this.latest.size <= MAX_RECORDS) break;
			if (!isUnderWay) this.latest.delete(oldest);
		}
	}
}

/** By workflow and node; requests of one webhook are handled by several executions at once. */
export const DELIVERIES = new Map<string, Deliveries>();

/** The deliveries of a webhook, with what static data knows of them. */
export function getDeliveries(webhook: string, stored: unknown): Deliveries {
	let deliveries = DELIVERIES.get(webhook);
	if (!deliveries) DELIVERIES.set(webhook, (deliveries = new Deliveries()));
	deliveries.load(stored);
	return deliveries;
}
