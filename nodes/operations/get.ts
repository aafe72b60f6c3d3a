import type { IDataObject } from 'n8n-workflow';

import { supportsMethod, type Resource } from '../api/schema/catalog';
import { InvalidInput } from '../api/transport/errors';
import { extractFields, readRecord, type RecordRequest, type Selector } from '../api/record';
import { readRows, type ViewQuery } from '../api/views/view';
import { mapWithConcurrency, defineOperation, READ_CONCURRENCY } from './operation';
import { buildOptionsParameter } from '../parameters/options';
import { buildRecordParameters } from '../parameters/record';
import { buildViewParameters } from '../parameters/view';
import { toOutputRows } from './toItems';
import { withArticle } from '../parameters/wording';

type Task =
	| { request: RecordRequest; selector: Selector }
	| { query: ViewQuery; id: string; name: string };

const isReadFromEntity = (resource: Resource) => supportsMethod(resource, 'GET');

const notFoundError = (what: string): InvalidInput =>
	new InvalidInput(
		`There is ${what}`,
		'Check the ID and the Business Unit ID. A record the user of the API key may not see is not found either.',
	);

/** Get: one record, from its entity where that can be read, else from its view. */
export const get = defineOperation<Task>({
	value: 'get',
	name: 'Get',
	isOfferedBy: (resource) =>
		resource.kind !== 'anyView' && (isReadFromEntity(resource) || resource.views.length > 0),
	describe: (resource) => ({
		description: `Retrieve ${withArticle(resource.name)} by ID${isReadFromEntity(resource) ? ' or registration number' : ''}`,
		action: `Get ${withArticle(resource.name)}`,
	}),
	parameters: (resources) => {
		const entities = resources.filter(isReadFromEntity);
		const views = resources.filter((resource) => !isReadFromEntity(resource));
		const shownFor = (some: readonly Resource[]) => ({
			displayOptions: { show: { resource: some.map(({ value }) => value) } },
		});
		return [
			...buildViewParameters(views),
			...buildRecordParameters(entities, true),
			...buildRecordParameters(views, false),
			{ ...buildOptionsParameter('registrationParameter', 'unitId'), ...shownFor(entities) },
			{ ...buildOptionsParameter('columns', 'properties', 'unitId'), ...shownFor(views) },
		];
	},
	prepare: (item) => {
		const { resource, selector } = item;
		const name = `${resource.name.toLowerCase()} ${Object.values(selector)[0] as string}`;
		if (isReadFromEntity(resource)) {
			return { request: { entity: resource.entity!, what: name, unitId: item.unitId }, selector };
		}
		if (!('id' in selector)) {
			throw new InvalidInput(
				`${withArticle(resource.name).replace(/^a/, 'A')} is found by its ID only`,
				"Choose the mode 'By ID' or 'From List'.",
			);
		}
		return { query: { ...item.viewQuery, filter: `id=${selector.id}` }, id: selector.id, name };
	},
	execute: async (prepared, context) =>
		await mapWithConcurrency(
			prepared,
			READ_CONCURRENCY,
			async ({ index, task }) =>
				await context.runItem(index, async (): Promise<IDataObject[]> => {
					if ('request' in task) {
						const response = await readRecord(context.client, task.request, task.selector);
						if (!Object.keys(extractFields(response)).length)
							throw notFoundError(`no ${task.request.what}`);
						return toOutputRows(response);
					}
					const { query, name } = task;
					const rows = await readRows(context.client, { ...query, limit: 2 });
					if (!rows.length) throw notFoundError(`no ${name} in the view "${query.view}"`);
					if (rows.length > 1)
						context.client.hint(
							`Several rows of the view "${query.view}" have the ID ${task.id}; the first two were returned. Use Get Many with a filter to see all.`,
						);
					return rows;
				}),
		),
});
