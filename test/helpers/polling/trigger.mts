import type { INodeExecutionData } from 'n8n-workflow';
import type { TestBed } from '../testBed.mts';

export type EventName = 'created' | 'createdOrUpdated' | 'entersFilter';
export const EVENTS: EventName[] = ['created', 'createdOrUpdated', 'entersFilter'];

/** The trigger's part of the workflow's static data. */
export interface StoredState {
	watchHash: string;
	state: unknown;
}

export interface PollCall {
	mode?: 'manual';
	budgetMs?: number | null;
	credentials?: Record<string, object>;
}

/** A trigger node of an active workflow, with the data that n8n keeps from poll to poll. */
export class Trigger {
	/** The workflow's static data in the memory of n8n. */
	staticData: object = {};
	/** The errors that the trigger has reported beside its items. */
	readonly reports: Array<Error & { description?: string | null }> = [];
	/** The workflow's static data in n8n's database. */
	private saved: object = {};

	constructor(
		private readonly stage: TestBed,
		public parameters: object,
		private readonly name = 'Teamogy Trigger',
	) {}

	get stored(): StoredState | undefined {
		return (this.staticData as Record<string, StoredState>)[`node:${this.name}`];
	}

	private get node() {
		const { parameters, staticData, name } = this;
		const onReport = (error: Error) => void this.reports.push(error);
		const save = (data: object) => (this.saved = data);
		return { type: 'teamogyTrigger', name, parameters, staticData, save, onReport };
	}

	/** Polls once: the items that the node gives, or null. */
	async items(call: PollCall = {}): Promise<INodeExecutionData[][] | null> {
		return await this.stage.engine.poll({ ...this.node, ...call });
	}

	/** Restarts n8n: data that n8n has only in memory is lost. The next poll is the activation. */
	restart(): void {
		this.staticData = structuredClone(this.saved);
	}

	/** Activates the workflow with the data that n8n has saved: the items it starts with at once. */
	async activate(call: PollCall = {}): Promise<INodeExecutionData[][][]> {
		this.restart();
		return await this.stage.engine.activate({ ...this.node, ...call });
	}

	/** Polls once: the delivered records. */
	async poll(call: PollCall = {}): Promise<Array<Record<string, unknown>>> {
		return ((await this.items(call)) ?? []).flat().map(({ json }) => json);
	}

	/** Polls once: the error that the poll fails with. */
	async failure(call: PollCall = {}): Promise<Error & { description?: string }> {
		const outcome = await this.items(call).then(
			(items) => new Error(`It gave ${JSON.stringify(items)}, though it should fail`),
			(error: unknown) => error as Error,
		);
		if (/^It gave /.test(outcome.message)) throw outcome;
		return outcome;
	}
}
