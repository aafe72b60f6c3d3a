import type { IDataObject } from 'n8n-workflow';

import { supportsMethod } from '../api/schema/catalog';
import type { Selector } from '../api/record';
import { readBody } from '../parameters/body';
import { mapWithConcurrency, defineOperation, WRITE_CONCURRENCY } from './operation';
import { buildRecordParameters } from '../parameters/record';
import { withArticle } from '../parameters/wording';
import { writeTarget, updateAndReturn, type WriteTarget } from './saveRecord';
import { buildFieldParameters, buildWriteOptions } from '../parameters/fields';

/** Update: changes fields of one record for each item; fields that are not given stay as they are. */
export const update = defineOperation<WriteTarget & { selector: Selector; body: IDataObject }>({
	value: 'update',
	name: 'Update',
	isOfferedBy: (resource) => supportsMethod(resource, 'PATCH'),
	describe: ({ name }) => ({
		description: `Change fields of ${withArticle(name)} by ID or registration number`,
		action: `Update ${withArticle(name)}`,
	}),
	parameters: (resources) => [
		...buildRecordParameters(resources, true),
		...buildFieldParameters('add'),
		...buildWriteOptions(resources, 'registrationParameter', 'unitId'),
	],
	prepare: (item) => {
		const { selector } = item;
		const body = readBody(item);
		const name = `${item.resource.name.toLowerCase()} ${Object.values(selector)[0] as string}`;
		return { ...writeTarget(item, name), selector, body };
	},
	execute: async (prepared, context) =>
		await mapWithConcurrency(
			prepared,
			WRITE_CONCURRENCY,
			async ({ index, task }) =>
				await context.runItemWrite(
					index,
					async (saved) => await updateAndReturn(context, task, task.selector, task.body, saved),
				),
		),
});
