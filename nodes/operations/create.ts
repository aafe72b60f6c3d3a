import type { IDataObject } from 'n8n-workflow';

import { supportsMethod } from '../api/schema/catalog';
import { buildNewRecordParameters, readBody, toNewBody } from '../parameters/fields';
import { withArticle } from '../parameters/wording';
import type { Operation } from './operation';
import {
	buildWriteOptions,
	describeNewRecord,
	readWriteTarget,
	saveAndReturn,
	type WriteTarget,
} from './saveRecord';

/** Create: creates one record for each item. */
export const create: Operation<WriteTarget & { body: IDataObject }> = {
	value: 'create',
	name: 'Create',
	isOfferedBy: (resource) => supportsMethod(resource, 'POST'),
	describe: ({ name }) => ({
		description: `Add ${withArticle(`new ${name}`)}`,
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
	execute: async (prepared, context) =>
		await context.runItemWrites(
			prepared,
			async (task, onSaved) => await saveAndReturn(context, task, task.body, onSaved),
		),
};
