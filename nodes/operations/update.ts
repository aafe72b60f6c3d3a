import type { IDataObject } from 'n8n-workflow';

import { formatValue } from '../api/formatValue';
import { supportsMethod } from '../api/schema/catalog';
import type { Selector } from '../api/record';
import { buildFieldParameters, readBody } from '../parameters/fields';
import { buildRecordParameters, readSelector, registrationOption } from '../parameters/record';
import { withArticle } from '../parameters/wording';
import type { Operation } from './operation';
import { buildWriteOptions, readWriteTarget, saveAndReturn, type WriteTarget } from './saveRecord';

interface Task extends WriteTarget {
	selector: Selector;
	body: IDataObject;
}

/** Update: changes fields of one record for each item. Fields that are not given stay as they are. */
export const update: Operation<Task> = {
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
		...buildWriteOptions(resources, registrationOption, 'unitId'),
	],
	prepare: (item) => {
		const selector = readSelector(item);
		const body = readBody(item);
		const name = `${item.resource.name.toLowerCase()} ${formatValue(Object.values(selector)[0])}`;
		return { ...readWriteTarget(item, name), selector, body };
	},
	execute: async (prepared, context) =>
		await context.runItemWrites(
			prepared,
			async (task, saved) => await saveAndReturn(context, task, task.body, saved, task.selector),
		),
};
