import type { IDataObject } from 'n8n-workflow';

import { supportsMethod } from '../api/schema/catalog';
import { buildDocumentTypeParameters } from '../parameters/documentType';
import {
	buildFieldParameters,
	buildNewUserNotice,
	readBody,
	toNewBody,
} from '../parameters/fields';
import { withArticle } from '../parameters/wording';
import { defineOperation, mapWithConcurrency, WRITE_CONCURRENCY } from './operation';
import {
	buildWriteOptions,
	createAndReturn,
	describeNewRecord,
	readWriteTarget,
	type WriteTarget,
} from './saveRecord';

/** Create: creates one record for each item. */
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
		return { ...readWriteTarget(item, describeNewRecord(item.resource, body)), body };
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
