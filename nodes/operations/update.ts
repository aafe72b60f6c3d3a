import type { IDataObject } from 'n8n-workflow';

import { entityTakes } from '../api/catalog';
import type { Selector } from '../api/record';
import { bodyOf } from '../given/body';
import { inTurn, operation, WRITES_AT_ONCE } from './operation';
import { recordParameter } from '../parameters/record';
import { aOrAn } from '../parameters/wording';
import { targetOf, updateOne, type WriteTarget } from './write';
import { fieldParameters, optionsByReturn } from '../parameters/writing';

/** Update: changes fields of one record for each item; fields that are not given stay as they are. */
export const update = operation<WriteTarget & { selector: Selector; body: IDataObject }>({
	value: 'update',
	name: 'Update',
	offeredBy: (resource) => entityTakes(resource, 'PATCH'),
	describe: ({ name }) => ({
		description: `Change fields of ${aOrAn(name)} by ID or registration number`,
		action: `Update ${aOrAn(name)}`,
	}),
	parameters: (resources) => [
		...recordParameter(resources, true),
		...fieldParameters('add'),
		...optionsByReturn(resources, 'registrationParameter', 'unitId'),
	],
	prepare: (item) => {
		const { selector } = item;
		const body = bodyOf(item);
		const name = `${item.resource.name.toLowerCase()} ${Object.values(selector)[0] as string}`;
		return { ...targetOf(item, name), selector, body };
	},
	perform: async (prepared, run) =>
		await inTurn(
			prepared,
			WRITES_AT_ONCE,
			async ({ index, task }) =>
				await run.settleWrite(
					index,
					async (saved) => await updateOne(run, task, task.selector, task.body, saved),
				),
		),
});
