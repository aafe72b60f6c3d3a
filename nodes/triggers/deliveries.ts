import type { IDataObject } from 'n8n-workflow';

/** What a delivery was answered with. */
export interface Answer {
	status: number;
	type?: string;
	body?: string;
}

/** One push: which record it is about, and a digest of its content. */
export interface Delivery {
	record: string;
	content: string;
}

interface Accepted {
	content: string;
	/** When, in minutes since 1970. */
	at: number;
	answer?: Answer;
}

/** A webhook's deliveries in the workflow's static data: by record its content and the minute. */
type Kept = Record<string, [content: string, at: number]>;

/** Teamogy repeats within 24 hours (DOC "Integration options"); how exactly is UNKNOWN. */
const REMEMBERED_MINUTES = 25 * 60;
/** Records remembered, the latest ones. */
const MOST = 2000;
/** A longer answer is not kept for repeats. */
const LONGEST_ANSWER = 4096;

const minutes = (): number => Math.floor(Date.now() / 60_000);

/**
 * What one webhook has received: in memory, where the outcome of a delivery is known as soon as it is
 * answered; and in static data, which outlives the process.
 */
export class Deliveries {
	private readonly underWay = new Map<string, Promise<void>>();

	private readonly accepted = new Map<string, Accepted>();

	/**
	 * The answer an equal delivery got before, once that is known; undefined for one to be carried out.
	 * Equal is the content a record was last accepted with: one that went back to earlier content counts
	 * as changed.
	 */
	async before({ record, content }: Delivery): Promise<Answer | undefined> {
		for (;;) {
			const last = this.accepted.get(record);
			if (last?.content === content && last.at > minutes() - REMEMBERED_MINUTES)
				return last.answer ?? { status: 200 };
			const other = this.underWay.get(`${record} ${content}`);
			if (!other) return undefined;
			await other;
		}
	}

	/** A delivery is being carried out: what it is answered with decides whether it was accepted. */
	begin({ record, content }: Delivery, answered: Promise<Answer>): void {
		const key = `${record} ${content}`;
		const settled = answered.then((answer) => {
			this.underWay.delete(key);
			if (answer.status < 200 || answer.status > 299) return;
			const short = (answer.body?.length ?? 0) <= LONGEST_ANSWER;
			this.accept(record, { content, at: minutes(), answer: short ? answer : undefined });
		});
		this.underWay.set(key, settled);
	}

	/** Takes in what another process, or this one before a restart, has kept. */
	load(kept: Kept | undefined): void {
		for (const [record, [content, at]] of Object.entries(kept ?? {}))
			if (at > (this.accepted.get(record)?.at ?? 0)) this.accept(record, { content, at });
	}

	/**
	 * What is to be kept.
	 *
	 * @param also a delivery that n8n accepts in the same breath as it saves this
	 */
	toKeep(also?: Delivery): Kept {
		const oldest = minutes() - REMEMBERED_MINUTES;
		const kept = [...this.accepted]
			.filter(([, { at }]) => at > oldest)
			.map(([record, { content, at }]) => [record, [content, at]]);
		if (also) kept.push([also.record, [also.content, minutes()]]);
		return Object.fromEntries(kept.slice(-MOST)) as Kept;
	}

	/** The latest stands last, so that the oldest is the first to go. */
	private accept(record: string, accepted: Accepted): void {
		this.accepted.delete(record);
		this.accepted.set(record, accepted);
		for (const oldest of this.accepted.keys()) {
			if (this.accepted.size <= MOST) break;
			this.accepted.delete(oldest);
		}
	}
}

/** By workflow and node; requests of one webhook are handled by several executions at once. */
export const DELIVERIES = new Map<string, Deliveries>();

/** The deliveries of a webhook, with what static data knows of them. */
export function deliveriesOf(webhook: string, staticData: IDataObject): Deliveries {
	let deliveries = DELIVERIES.get(webhook);
	if (!deliveries) DELIVERIES.set(webhook, (deliveries = new Deliveries()));
	deliveries.load(staticData.deliveries as Kept | undefined);
	return deliveries;
}
