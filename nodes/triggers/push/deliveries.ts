import { getOrCreate } from '../../api/common/maps';
import type { SentResponse } from './response';

/** One push: hashes of the record's ID and of the content. */
export interface Delivery {
	record: string;
	content: string;
}

/** The latest delivery of a record. */
interface ReceivedDelivery {
	/** Empty after a rejected delivery, so that it equals no other. */
	content: string;
	/** When the delivery arrived, in milliseconds since 1970. */
	at: number;
	/** True until n8n responds to the delivery. */
	isUnderWay: boolean;
	response: Promise<SentResponse>;
	/** Set once the delivery is accepted. */
	stored?: StoredDelivery;
}

/** An accepted delivery in static data; the response is undefined if it has the status 200 alone. */
type StoredDelivery = [content: string, at: number, response?: SentResponse];

/** Teamogy repeats within 24 hours (DOC "Integration options"); how exactly is UNKNOWN. */
const REMEMBERED_MS = 25 * 60 * 60 * 1000;
/** The largest difference between the clocks of several n8n processes. */
const CLOCK_SKEW_MS = 60 * 1000;
/** Records that are remembered beside those with a delivery under way. */
const MAX_RECORDS = 2000;
/** Bytes of a response that is remembered with its body. */
const MAX_REMEMBERED = 4096;
/** Bytes of a response that is stored with its body. n8n saves all static data at every push. */
const MAX_STORED = 256;

const sizeAsJson = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const isAccepted = ({ status }: SentResponse): boolean => status >= 200 && status <= 299;

const isRemembered = ({ at }: ReceivedDelivery): boolean => at > Date.now() - REMEMBERED_MS;

const shortenResponse = (response: SentResponse): SentResponse =>
	sizeAsJson(response) > MAX_REMEMBERED ? { status: response.status } : response;

function toStored(content: string, at: number, response: SentResponse): StoredDelivery {
	const { status, body } = response;
	if (body !== undefined && sizeAsJson(response) <= MAX_STORED) return [content, at, response];
	return status === 200 ? [content, at] : [content, at, { status }];
}

/**
 * Reads a delivery from static data; undefined for anything else, since another version may have stored another form. A
 * response that is not accepted would keep its repeats waiting for ever. Nothing of the entry itself is kept: it is a
 * proxy of n8n, which would keep all static data of its request in memory.
 */
function fromStored(entry: unknown): ReceivedDelivery | undefined {
	if (!Array.isArray(entry)) return undefined;
	const [content, at, stored] = entry as unknown[];
	const { status, body } = (stored ?? { status: 200 }) as Partial<SentResponse>;
	const response = { status: Number(status), body };
	const hasBody = typeof body === 'string' || body === undefined;
	if (typeof content !== 'string' || typeof at !== 'number') return undefined;
	if (!Number.isInteger(status) || !isAccepted(response) || !hasBody) return undefined;
	return {
		content,
		at,
		isUnderWay: false,
		response: Promise.resolve(response),
		stored: toStored(content, at, response),
	};
}

/**
 * The deliveries that one webhook has received: in memory, where the response to a delivery is known as soon as n8n
 * sends it; and in static data, which outlives the process.
 *
 * A repeat has the content of the latest delivery of its record. A record that returns to earlier content counts as
 * changed, and a rejected delivery is forgotten: in doubt a delivery runs the workflow.
 */
export class Deliveries {
	/** Counts the changes of what `toStaticData` gives. */
	changes = 0;

	/** The accepted deliveries as they were after so many changes. */
	private acceptedCache?: { changes: number; stored: Record<string, StoredDelivery> };

	/** When the latest of the deliveries arrived that were dropped for newer ones: static data may still have them. */
	private forgottenUntil = 0;

	/** By record. The latest delivery is the last entry, so that the oldest one is dropped first. */
	private readonly latest = new Map<string, ReceivedDelivery>();

	/**
	 * Returns the response to an earlier equal delivery, and waits for it. Undefined: the delivery must run the
	 * workflow, and is remembered. Of several equal deliveries at the same time one runs the workflow.
	 *
	 * @param sent resolves with the response if the delivery runs the workflow
	 */
	async checkDuplicate(
		{ record, content }: Delivery,
		sent: Promise<SentResponse>,
	): Promise<SentResponse | undefined> {
		for (;;) {
			const latest = this.latest.get(record);
			// No `await` from here to `start`: otherwise two equal deliveries could both run the workflow.
			if (latest?.content !== content || !isRemembered(latest)) break;
			const response = await latest.response;
			if (isAccepted(response)) return response;
		}
		this.start(record, content, sent);
		return undefined;
	}

	/** Adds the deliveries that another process, or this process before a restart, has stored. */
	load(stored: unknown): void {
		// A clock that was wrong may have dated a delivery in the future.
		const latest = Date.now() + CLOCK_SKEW_MS;
		for (const [record, entry] of Object.entries(stored ?? {})) {
			const at = Array.isArray(entry) ? (entry as unknown[])[1] : undefined;
			const known = this.latest.get(record)?.at ?? this.forgottenUntil;
			// First, since nearly all deliveries are known.
			if (typeof at !== 'number' || at <= known || at > latest) continue;
			const delivery = fromStored(entry);
			if (delivery) this.remember(record, delivery);
		}
	}

	/**
	 * The deliveries to store.
	 *
	 * @param accepted a delivery that counts as accepted although its response is not known yet
	 */
	toStaticData(accepted?: Delivery): Record<string, StoredDelivery> {
		const stored = this.listAccepted();
		const received = accepted && this.latest.get(accepted.record);
		if (!received || received.stored || received.content !== accepted.content) return stored;
		// The last entry, since `load` takes their order for their age.
		return { ...stored, [accepted.record]: [received.content, received.at] };
	}

	/** Lists the accepted deliveries, anew only after a change: many pushes may wait for their executions. */
	private listAccepted(): Record<string, StoredDelivery> {
		const { changes } = this;
		if (this.acceptedCache?.changes !== changes) {
			const accepted = [...this.latest].flatMap(([record, received]) =>
				received.stored && isRemembered(received) ? [[record, received.stored] as const] : [],
			);
			this.acceptedCache = { changes, stored: Object.fromEntries(accepted) };
		}
		return this.acceptedCache!.stored;
	}

	private start(record: string, content: string, sent: Promise<SentResponse>): void {
		const response = sent.then((sentResponse) => {
			this.changes++;
			received.isUnderWay = false;
			if (isAccepted(sentResponse)) {
				const kept = shortenResponse(sentResponse);
				received.stored = toStored(content, received.at, kept);
				return kept;
			}
			// The entry stays, so that `load` does not restore an older one.
			received.content = '';
			return sentResponse;
		});
		const received: ReceivedDelivery = { content, at: Date.now(), isUnderWay: true, response };
		this.remember(record, received);
	}

	/** Does not drop a delivery under way: a repeat would run beside it. */
	private remember(record: string, received: ReceivedDelivery): void {
		this.changes++;
		this.latest.delete(record);
		this.latest.set(record, received);
		for (const [oldest, delivery] of this.latest) {
			if (this.latest.size <= MAX_RECORDS) break;
			if (delivery.isUnderWay && isRemembered(delivery)) continue;
			this.latest.delete(oldest);
			this.forgottenUntil = Math.max(this.forgottenUntil, delivery.at);
		}
	}
}

/** By workflow and node, since n8n creates the context of a node anew for each request. */
export const DELIVERIES = new Map<string, Deliveries>();

/** The deliveries of a webhook, with those in static data. */
export function getDeliveries(webhook: string, stored: unknown): Deliveries {
	const deliveries = getOrCreate(DELIVERIES, webhook, () => new Deliveries());
	deliveries.load(stored);
	return deliveries;
}
