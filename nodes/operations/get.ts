import type { IDataObject } from 'n8n-workflow';

import { supportsMethod, type Resource } from '../api/schema/resources';
import type { TeamogyClient } from '../api/transport/client';
import { InvalidInput } from '../api/common/invalidInput';
import { extractFields, readRecord, type RecordRequest, type Selector } from '../api/record';
import { getColumnValue, listSelectedColumns, pickColumns } from '../api/views/columns';
import { explainRejection, nameColumns } from '../api/filters/missingColumn';
import type { ViewQuery } from '../api/views/row';
import { readRows } from '../api/views/view';
import { ViewSamples } from '../api/filters/viewSamples';
import { buildOptionsFor, readUnitId } from '../parameters/options';
import {
	outputParameters,
	readOutput,
	readOutputQuery,
	type RowOutput,
} from '../parameters/output';
import {
	buildRecordParameters,
	describeRecord,
	readSelector,
	registrationOption,
} from '../parameters/record';
import { buildViewParameters } from '../parameters/view';
import { withArticle } from '../parameters/wording';
import type { Operation } from './operation';
import { hintAtOtherColumns, RowSelection } from './rowSelection';
import { toOutputRows } from './toItems';

/** Reads the record of one item. */
type ReadItem = (client: TeamogyClient, samples: ViewSamples) => Promise<IDataObject[]>;

interface Task {
	readItem: ReadItem;
	selection: RowSelection;
}

const isReadFromEntity = (resource: Resource) => supportsMethod(resource, 'GET');

const notFoundError = (what: string, checked = 'ID'): InvalidInput =>
	new InvalidInput(
		`There is ${what}`,
		`Check the ${checked} and 'Business Unit ID'. A record the user of the API key may not see is not found either.`,
	);

const readFromEntity =
	(request: RecordRequest, selector: Selector, { columns }: RowOutput): ReadItem =>
	async (client) => {
		const response = await readRecord(client, request, selector);
		if (!Object.keys(extractFields(response)).length) {
			const checked = 'id' in selector ? 'ID' : 'registration number';
			throw notFoundError(`no ${request.subject}`, checked);
		}
		const rows = toOutputRows(response);
		if (!columns) return rows;
		// An entity returns all its fields: no parameter chooses among them (CLIENT).
		const missing = columns.filter((column) =>
			rows.every((row) => getColumnValue(row, column) === undefined),
		);
		if (missing.length) client.hint(`The record does not have: ${missing.join(', ')}.`);
		return rows.map((row) => pickColumns(row, columns));
	};

const readFromView =
	(query: ViewQuery, id: string, name: string): ReadItem =>
	async (client, samples) => {
		const rowQuery = { ...query, filter: `id=${id}`, limit: 2 };
		const rows = await readRows(client, rowQuery).catch(async (error) => {
			const named = nameColumns(listSelectedColumns(query), 'Column Names or IDs');
			throw await explainRejection(error, samples, query, named);
		});
		if (!rows.length) throw notFoundError(`no ${name} in the view "${query.view}"`);
		if (rows.length > 1)
			client.hint(
				`Several records of the view "${query.view}" have the ID ${id}; the first two were returned. Use Get Many with a filter to see all.`,
			);
		return rows;
	};

/** Get: reads one record for each item, from its entity where that can be read, else from its view. */
export const get: Operation<Task> = {
	value: 'get',
	name: 'Get',
	isOfferedBy: (resource) =>
		resource.kind !== 'anyView' && (isReadFromEntity(resource) || resource.views.length > 0),
	describe: (resource) => ({
		description: `Get ${withArticle(resource.name)} by ID${isReadFromEntity(resource) ? ' or registration number' : ''}`,
		action: `Get ${withArticle(resource.name)}`,
	}),
	parameters: (resources) => {
		const entities = resources.filter(isReadFromEntity);
		const views = resources.filter((resource) => !isReadFromEntity(resource));
		return [
			...buildViewParameters(views),
			...buildRecordParameters(resources),
			...outputParameters,
			...buildOptionsFor(entities, registrationOption, 'unitId'),
			...buildOptionsFor(views, 'unitId'),
		];
	},
	prepare: (item) => {
		const { resource } = item;
		const selector = readSelector(item);
		const output = readOutput(item);
		const selection = new RowSelection(output);
		const name = describeRecord(resource, selector);
		if (isReadFromEntity(resource)) {
			const request = { entity: resource.entity!, subject: name, unitId: readUnitId(item) };
			return { readItem: readFromEntity(request, selector, output), selection };
		}
		if (!('id' in selector)) {
			throw new InvalidInput(
				`${withArticle(resource.name).replace(/^a/, 'A')} is found by its ID only`,
				"Choose the mode 'By ID' or 'From List'.",
			);
		}
		return { readItem: readFromView(readOutputQuery(item, output), selector.id, name), selection };
	},
	execute: async (prepared, context) => {
		const { client } = context;
		const samples = new ViewSamples(client);
		await context.runItems(prepared, async ({ readItem, selection }) =>
			selection.select(await readItem(client, samples)),
		);
		hintAtOtherColumns(
			client,
			prepared.map(({ task }) => task.selection),
		);
	},
};
