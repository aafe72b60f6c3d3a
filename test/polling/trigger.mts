import type { INodeExecutionData } from 'n8n-workflow';
import type { Stage } from '../support.mts';

export type EventName = 'created' | 'createdOrUpdated' | 'entersFilter';
export const EVENTS: EventName[] = ['created', 'createdOrUpdated', 'entersFilter'];

/** The trigger's part of static data. */
export interface Kept {
	watchHash: string;
	state: unknown;
}

export interface PollCall {
	mode?: 'manual';
	budgetMs?: number | null;
	credentials?: Record<string, object>;
}

/** One trigger node of an active workflow, and what n8n keeps for it from poll to poll. */
export class Trigger {
	/** The workflow's static data in the memory of n8n. */
	staticData: object = {};
	/** What it has reported beside its items. */
	readonly reports: Array<Error & { description?: string | null }> = [];
	/** The workflow's static data in n8n's database. */
	private saved: object = {};

	constructor(
		private readonly stage: Stage,
		public parameters: object,
		private readonly name = 'Teamogy Trigger',
	) {}

	get kept(): Kept | undefined {
		return (this.staticData as Record<string, Kept>)[`node:${this.name}`];
	}

	private get node() {
		const { parameters, staticData, name } = this;
		const onReport = (error: Error) => void this.reports.push(error);
		const save = (data: object) => (this.saved = data);
		return { type: 'teamogyTrigger', name, parameters, staticData, save, onReport };
	}

	/** Polls once: what is delivered, or null as the node gives it. */
	async items(call: PollCall = {}): Promise<INodeExecutionData[][] | null> {
		return await this.stage.engine.poll({ ...this.node, ...call });
	}

	/** n8n has stopped: what it had in memory only is gone. The next poll is the activation. */
	restart(): void {
		this.staticData = structuredClone(this.saved);
	}

	/** Activates its workflow, with what n8n has saved: what that is started with at once. */
	async activate(call: PollCall = {}): Promise<INodeExecutionData[][][]> {
		this.restart();
		return await this.stage.engine.activate({ ...this.node, ...call });
	}

	/** Polls once: the records delivered. */
	async poll(call: PollCall = {}): Promise<Array<Record<string, unknown>>> {
		return ((await this.items(call)) ?? []).flat().map(({ json }) => json);
	}

	/** Polls once: what the poll failed with. */
	async failure(call: PollCall = {}): Promise<Error & { description?: string }> {
		const outcome = await this.items(call).then(
			(items) => new Error(`It gave ${JSON.stringify(items)}, though it should fail`),
			(error: unknown) => error as Error,
		);
		if (/^It gave /.test(outcome.message)) throw outcome;
		return outcome;
	}
}
