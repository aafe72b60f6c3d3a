import type { INodeProperties } from 'n8n-workflow';

import { groupBy } from '../api/common/maps';
import type { Resource } from '../api/schema/resources';
import type { ItemParameters } from '../parameters/reader';
import type { OperationContext, PreparedItem } from './context';

/** One operation: what the editor shows of it and what it does. */
export interface Operation<Task> {
	readonly value: string;
	readonly name: string;
	isOfferedBy(resource: Resource): boolean;
	/** The texts for the list in the editor and for AI agents. */
	describe(resource: Resource): { description: string; action: string };
	/** The parameters for the resources that offer the operation. `operations/parameters.ts` adds where they are shown. */
	parameters(resources: readonly Resource[]): INodeProperties[];
	/** Reads the parameters of one item, for all items before the first request. */
	prepare(item: ItemParameters): Task;
	/** Executes the tasks of all items. */
	execute(prepared: Array<PreparedItem<Task>>, context: OperationContext): Promise<void>;
}

/** Groups tasks with equal keys, in the order of their first items. */
export const groupTasks = <Task>(
	prepared: Array<PreparedItem<Task>>,
	getKey: (task: Task) => unknown,
): Array<Array<PreparedItem<Task>>> => [
	...groupBy(prepared, ({ task }) => JSON.stringify(getKey(task))).values(),
];
