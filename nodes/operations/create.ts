import type { IDataObject } from 'n8n-workflow';

import { isBlankText } from '../api/common/json';
import { supportsMethod } from '../api/schema/resources';
import { buildNewRecordParameters, readBody, toNewBody } from '../parameters/fields';
import { withArticle } from '../parameters/wording';
import type { OperationContext, PreparedItem } from './context';
import type { Operation } from './operation';
import {
	buildWriteOptions,
	createAndReturn,
	describeNewRecord,
	executeWrites,
	readWriteTarget,
	type CreateTask,
} from './saveRecord';

/** The fields that say what time was spent on. A time record belongs to one of these (DOC); the names are INFERRED. */
const TIME_OWNER = /job|task|overhead/i;

/** Whether a body is one of tracked time, without what the time was spent on. Attendance may belong to nothing. */
const isTimeWithoutOwner = ({ type, properties, ...fields }: IDataObject): boolean =>
	(isBlankText(type) || /track/i.test(String(type))) &&
	!Object.entries({ ...(properties as IDataObject | undefined), ...fields }).some(
		([name, value]) => TIME_OWNER.test(name) && !isBlankText(value),
	);

/** Tells the user of time entries that nobody would find under a job. */
function hintAtTimeWithoutOwner(
	{ client }: OperationContext,
	prepared: Array<PreparedItem<CreateTask>>,
): void {
	const entries = prepared.filter(({ task }) => task.request.entity === 'time');
	const count = entries.filter(({ task }) => isTimeWithoutOwner(task.body)).length;
	if (!count) return;
	client.hint(
		`Time entries without a job, a task or an overhead: ${count} of ${entries.length}. Tracked time belongs to one of them: give each entry e.g. its jobId.`,
	);
}

const executeCreates = executeWrites(createAndReturn);

/** Create: creates one record for each item. */
export const create: Operation<CreateTask> = {
	value: 'create',
	name: 'Create',
	isOfferedBy: (resource) => supportsMethod(resource, 'POST'),
	describe: ({ name }) => ({
		description: `Create ${withArticle(`new ${name}`)} and return its ID`,
		action: `Create ${withArticle(name)}`,
	}),
	parameters: (resources) => [
		...buildNewRecordParameters(resources, 'add'),
		...buildWriteOptions(resources, 'unitId'),
	],
	prepare: (item) => {
		const body = toNewBody(item, readBody(item));
		return { ...readWriteTarget(item, describeNewRecord(item.resource, body)), body };
	},
	execute: async (prepared, context) => {
		hintAtTimeWithoutOwner(context, prepared);
		await executeCreates(prepared, context);
	},
};
