import type { IDataObject } from 'n8n-workflow';

import { entityTakes } from '../api/catalog';
import { bodyOf, newBodyOf } from '../given/body';
import { inTurn, operation, WRITES_AT_ONCE } from './operation';
import { aOrAn } from '../parameters/wording';
import { createOne, newRecord, targetOf, type WriteTarget } from './write';
import {
	documentTypeParameters,
	fieldParameters,
	newUserNotice,
	optionsByReturn,
} from '../parameters/writing';

/** Create: one new record for each item. */
export const create = operation<WriteTarget & { body: IDataObject }>({
	value: 'create',
	name: 'Create',
	offeredBy: (resource) => entityTakes(resource, 'POST'),
	describe: ({ name }) => ({
		description: `Add ${aOrAn(`new ${name}`)}`,
		action: `Create ${aOrAn(name)}`,
	}),
	parameters: (resources) => [
		...documentTypeParameters(resources),
		...newUserNotice(resources),
		...fieldParameters('add'),
		...optionsByReturn(resources, 'unitId'),
	],
	prepare: (item) => {
		const body = newBodyOf(item, bodyOf(item));
		return { ...targetOf(item, newRecord(item.resource, body)), body };
	},
	perform: async (prepared, run) =>
		await inTurn(
			prepared,
			WRITES_AT_ONCE,
			async ({ index, task }) =>
				await run.settleWrite(index, async (saved) => await createOne(run, task, task.body, saved)),
		),
});
