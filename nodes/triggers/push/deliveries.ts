import type { IDataObject } from 'n8n-workflow';

/** What a delivery was answered with. */
export interface Answer {
	status: number;
	type?: string;
	/** Its bytes, one character each: whatever they are, they survive JSON. */
	body?: string;
}

/** One push: which record it is about, and a digest of its content. */
export interface Delivery {
	record: string;
	content: string;
}

/** The latest delivery of a record. */
interface Received {
	content: string;
	/** When it came, in milliseconds since 1970. */
	at: number;
	outcome: Promise<Answer>;
	/** What it was answered with, once it is accepted. */
	answer?: Answer;
}

/** A webhook's accepted deliveries in the workflow's static data, by record. */
type Kept = Record<string, [content: string, at: number, answer?: Answer]>;

/** Teamogy repeats within 24 hours (DOC "Integration options"); how exactly is UNKNOWN. */
const REMEMBERED_MS = 25 * 60 * 60 * 1000;
/** Records remembered, the latest ones. */
const MOST = 2000;
/** A longer answer is not remembered for repeats. */
const LONGEST_ANSWER = 4096;
/** A longer answer is not kept beyond the process: static data is written anew at every push. */
const LONGEST_KEPT = 256;

const isAccepted = ({ status }: Answer): boolean => status >= 200 && status <= 299;

const remembered = ({ at }: Received): boolean => at > Date.now() - REMEMBERED_MS;

const shortened = (answer: Answer, longest: number): Answer =>
	(answer.body?.length ?? 0) <= longest ? answer : { status: answer.status };

/**
 * What one webhook has received: in memory, where the outcome of a delivery is known as soon as it is
 * answered; and in static data, which outlives the process.
 *
 * A repeat has the content its record came with last. One that went back to earlier content counts as
 * changed, and what was not accepted is forgotten: in doubt a delivery is carried out.
 */
export class Deliveries {
	private readonly latest = new Map<string, Received>();

	/**
	 * The answer an equal delivery got before, waiting for it if need be; undefined for a delivery that
	 * is to be carried out. Of several equal ones at the same time, one is.
	 *
	 * @param answered what a delivery that is carried out will have been answered with
	 */
	async take(
		{ record, content }: Delivery,
		answered: () => Promise<Answer>,
	): Promise<Answer | undefined> {
		for (;;) {
			const latest = this.latest.get(record);
			// From here to `begin` nothing is waited for, or two could come to the same conclusion.
			if (latest?.content !== content || !remembered(latest)) break;
			const answer = await latest.outcome;
			if (isAccepted(answer)) return answer;
		}
		this.begin(record, content, answered());
		return undefined;
	}

	/** Takes in what another process, or this one before a restart, has kept. */
	load(kept: Kept | undefined): void {
		for (const [record, [content, at, answer = { status: 200 }]] of Object.entries(kept ?? {})) {
			if (at <= (this.latest.get(record)?.at ?? 0)) continue;
			this.remember(record, { content, at, outcome: Promise.resolve(answer), answer });
		}
	}

	/**
	 * What is to be kept.
	 *
	 * @param also a delivery that n8n accepts in the same breath as it saves this
	 */
	toKeep(also?: Delivery): Kept {
		const kept = [...this.latest]
			.filter(
				([record, received]) =>
					(received.answer ?? (record === also?.record && received.content)) &&
					remembered(received),
			)
			.map(([record, { content, at, answer }]) => [
				record,
				answer?.body ? [content, at, shortened(answer, LONGEST_KEPT)] : [content, at],
			]);
		return Object.fromEntries(kept) as Kept;
	}

	private begin(record: string, content: string, answered: Promise<Answer>): void {
		const outcome = answered.then((answer) => {
			if (isAccepted(answer)) received.answer = shortened(answer, LONGEST_ANSWER);
			// It stays, equal to none, in the way of an earlier one that static data may still have.
			else received.content = '';
			return received.answer ?? answer;
		});
		const received: Received = { content, at: Date.now(), outcome };
		this.remember(record, received);
	}

	/** The latest stands last, so that the oldest is the first to go. */
	private remember(record: string, received: Received): void {
		this.latest.delete(record);
		this.latest.set(record, received);
		for (const oldest of this.latest.keys()) {
			if (this.latest.size <= MOST) break;
			this.latest.delete(oldest);
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
