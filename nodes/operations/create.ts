import type { IDataObject } from 'n8n-workflow';

import { supportsMethod } from '../api/schema/catalog';
import { readBody, toNewBody } from '../parameters/body';
import { mapWithConcurrency, defineOperation, WRITE_CONCURRENCY } from './operation';
import { withArticle } from '../parameters/wording';
import { createAndReturn, describeNewRecord, writeTarget, type WriteTarget } from './saveRecord';
import {
	buildDocumentTypeParameters,
	buildFieldParameters,
	buildNewUserNotice,
	buildWriteOptions,
} from '../parameters/fields';

/** Create: one new record for each item. */
export const create = defineOperation<WriteTarget & { body: IDataObject }>({
	value: 'create',
	name: 'Create',
	isOfferedBy: (resource) => supportsMethod(resource, 'POST'),
	describe: ({ name }) => ({
		description: `Add ${withArticle(`new ${name}`)}`,
		action: `Create ${withArticle(name)}`,
	}),
	parameters: (resources) => [
		...buildDocumentTypeParameters(resources),
		...buildNewUserNotice(resources),
		...buildFieldParameters('add'),
		...buildWriteOptions(resources, 'unitId'),
	],
	prepare: (item) => {
		const body = toNewBody(item, readBody(item));
		return { ...writeTarget(item, describeNewRecord(item.resource, body)), body };
	},
	execute: async (prepared, context) =>
		await mapWithConcurrency(
			prepared,
			WRITE_CONCURRENCY,
			async ({ index, task }) =>
				await context.runItemWrite(
					index,
					async (saved) => await createAndReturn(context, task, task.body, saved),
				),
		),
});
