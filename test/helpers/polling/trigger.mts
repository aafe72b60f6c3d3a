import type { INodeExecutionData, WorkflowActivateMode } from 'n8n-workflow';
import type { DurableCursor } from '../../engine/poll.mts';
import type { TestBed } from '../testBed.mts';
import { rejection } from '../rejection.mts';

/** The events that a new record which meets the filter starts. */
export const EVENTS = ['created', 'createdOrUpdated', 'entersFilter'] as const;
export const ALL_EVENTS = [...EVENTS, 'updated'] as const;
export type EventName = (typeof ALL_EVENTS)[number];

/** The trigger's part of the workflow's static data. */
export interface StoredState {
	watchHash: string;
	state: unknown;
}

export interface PollCall {
	mode?: 'manual';
	activation?: WorkflowActivateMode;
	budgetMs?: number | null;
	credentials?: Record<string, object>;
}

/** A trigger node of an active workflow, with the data that n8n keeps from poll to poll. */
export class Trigger {
	/** The workflow's static data in the memory of n8n. */
	staticData: object = {};
	/** What takes the place of static data, where n8n has durable cursors. */
	cursor?: DurableCursor;
	/** The errors that the trigger has reported beside its items. */
	readonly reports: Array<Error & { description?: string | null }> = [];
	/** The workflow's static data in n8n's database. */
	private saved: object = {};

	constructor(
		private readonly testBed: TestBed,
		public parameters: object,
		public name = 'Teamogy Trigger',
	) {}

	get stored(): StoredState | undefined {
		const data = this.staticData as Record<string, StoredState>;
		return (this.cursor?.value as StoredState | undefined) ?? data[`node:${this.name}`];
	}

	private get node() {
		const { parameters, staticData, name, cursor } = this;
		const onReport = (error: Error) => void this.reports.push(error);
		const save = (data: object) => (this.saved = data);
		return { type: 'teamogyTrigger', name, parameters, staticData, cursor, save, onReport };
	}

	/** Polls once: the items that the node gives, or null. */
	async items(call: PollCall = {}): Promise<INodeExecutionData[][] | null> {
		return await this.testBed.engine.poll({ ...this.node, ...call });
	}

	/** Restarts n8n: data that n8n has only in memory is lost. The next poll is the activation. */
	restart(): void {
		this.staticData = structuredClone(this.saved);
	}

	/** Activates the workflow with the data that n8n has saved: the items it starts with at once. */
	async activate(call: PollCall = {}): Promise<INodeExecutionData[][][]> {
		this.restart();
		return await this.testBed.engine.activate({ ...this.node, ...call });
	}

	/** Polls once: the delivered records. */
	async poll(call: PollCall = {}): Promise<Array<Record<string, unknown>>> {
		return ((await this.items(call)) ?? []).flat().map(({ json }) => json);
	}

	/** Polls once: the error that the poll fails with. */
	async failure(call: PollCall = {}): Promise<Error & { description?: string }> {
		return await rejection(this.items(call));
	}
}
