import type { IDataObject } from 'n8n-workflow';

import { ANY_VIEW, entityTakes, type Resource } from '../api/catalog';
import { InvalidInput } from '../api/errors';
import { fieldsOf, readRecord, type RecordRequest, type Selector } from '../api/record';
import { readRows, type ViewQuery } from '../api/view';
import { inTurn, operation, READS_AT_ONCE } from './operation';
import { optionsParameter } from '../parameters/options';
import { recordParameter } from '../parameters/record';
import { viewParameters } from '../parameters/views';
import { outputOf } from './output';
import { aOrAn } from '../parameters/wording';

type Task =
	| { request: RecordRequest; selector: Selector }
	| { query: ViewQuery; id: string; name: string };

const fromEntity = (resource: Resource) => entityTakes(resource, 'GET');

const notFound = (what: string): InvalidInput =>
	new InvalidInput(
		`There is ${what}`,
		'Check the ID and the Business Unit ID. A record the user of the API key may not see is not found either.',
	);

/** Get: one record, from its entity where that can be read, else from its view. */
export const get = operation<Task>({
	value: 'get',
	name: 'Get',
	offeredBy: (resource) =>
		resource !== ANY_VIEW && (fromEntity(resource) || resource.views.length > 0),
	describe: (resource) => ({
		description: `Retrieve ${aOrAn(resource.name)} by ID${fromEntity(resource) ? ' or registration number' : ''}`,
		action: `Get ${aOrAn(resource.name)}`,
	}),
	parameters: (resources) => {
		const entities = resources.filter(fromEntity);
		const views = resources.filter((resource) => !fromEntity(resource));
		const shownFor = (some: readonly Resource[]) => ({
			displayOptions: { show: { resource: some.map(({ value }) => value) } },
		});
		return [
			...viewParameters(views),
			...recordParameter(entities, true),
			...recordParameter(views, false),
			{ ...optionsParameter('registrationParameter', 'unitId'), ...shownFor(entities) },
			{ ...optionsParameter('columns', 'properties', 'unitId'), ...shownFor(views) },
		];
	},
	prepare: (item) => {
		const { resource, selector } = item;
		const name = `${resource.name.toLowerCase()} ${Object.values(selector)[0] as string}`;
		if (fromEntity(resource)) {
			return { request: { entity: resource.entity!, what: name, unitId: item.unitId }, selector };
		}
		if (!('id' in selector)) {
			throw new InvalidInput(
				`${aOrAn(resource.name).replace(/^a/, 'A')} is found by its ID only`,
				"Choose the mode 'By ID' or 'From List'.",
			);
		}
		return { query: { ...item.viewQuery, filter: `id=${selector.id}` }, id: selector.id, name };
	},
	perform: async (prepared, run) =>
		await inTurn(
			prepared,
			READS_AT_ONCE,
			async ({ index, task }) =>
				await run.settle(index, async (): Promise<IDataObject[]> => {
					if ('request' in task) {
						const answer = await readRecord(run.client, task.request, task.selector);
						if (!Object.keys(fieldsOf(answer)).length) throw notFound(`no ${task.request.what}`);
						return outputOf(answer);
					}
					const { query, name } = task;
					const rows = await readRows(run.client, { ...query, limit: 2 });
					if (!rows.length) throw notFound(`no ${name} in the view "${query.view}"`);
					if (rows.length > 1)
						run.client.hint(
							`Several rows of the view "${query.view}" have the ID ${task.id}; the first two were returned. Use Get Many with a filter to see all.`,
						);
					return rows;
				}),
		),
});
