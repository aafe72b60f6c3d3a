import { supportsMethod } from '../api/schema/resources';
import { buildNewRecordParameters, readBody, toNewBody } from '../parameters/fields';
import { withArticle } from '../parameters/wording';
import type { Operation } from './operation';
import {
	buildWriteOptions,
	describeNewRecord,
	executeWrites,
	readWriteTarget,
	type WriteTask,
} from './saveRecord';

/** Create: creates one record for each item. */
export const create: Operation<WriteTask> = {
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
	execute: executeWrites,
};
