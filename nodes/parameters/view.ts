import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { VIEWS } from '../api/schema/catalog';
import type { Resource } from '../api/schema/resources';
import { parseViewName } from '../api/views/names';
import type { ParameterReader } from './reader';

/** The choices of a view, by the labels people know them by. */
export const listViewOptions = (views: ReadonlyArray<keyof typeof VIEWS>): INodePropertyOptions[] =>
	views
		.map((view) => ({ name: VIEWS[view], value: view }))
		.sort((a, b) => a.name.localeCompare(b.name));

/** The name of a view, for the views that an account has configured itself. */
export const viewNameParameter: INodeProperties = {
	displayName: 'View Name',
	name: 'viewName',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. jobs.overbudget',
	description:
		'The API name of the view, e.g. invoices.sales. Your Teamogy administrator knows the names of custom views.',
};

/** The choice of a view for a resource with several views, its name for a resource with none. */
export const buildViewParameters = (resources: readonly Resource[]): INodeProperties[] =>
	resources.flatMap(({ value, views }): INodeProperties[] => {
		const displayOptions = { show: { resource: [value] } };
		const [usualView, ...others] = views;
		if (!usualView) return [{ ...viewNameParameter, displayOptions }];
		if (!others.length) return [];
		return [
			{
				displayName: 'View',
				name: 'view',
				type: 'options',
				options: listViewOptions(views),
				default: usualView,
				description: 'The Teamogy view to read records from',
				displayOptions,
			},
		];
	});

/**
 * Reads the name of the view: the chosen one, the only one of the resource, or the one entered where
 * the resource has none or `custom` is chosen.
 */
export function readView({ resource, readParameter }: ParameterReader): string {
	const [usual, ...more] = resource.views;
	const view = usual && more.length ? readParameter('view', usual) || usual : (usual ?? 'custom');
	return parseViewName(view === 'custom' ? readParameter('viewName', '') : view, "'View Name'");
}

/** The list of the view's columns in the editor. It loads again when one of these parameters changes. */
export const COLUMN_LIST_OPTIONS = {
	loadOptionsMethod: 'getColumns',
	loadOptionsDependsOn: [
		'resource',
		'operation',
		'documentType.value',
		'view',
		'viewName',
		'options.unitId',
	],
};

/** For models that build workflows. n8n prints hints and descriptions once for each resource, so all are short. */
const COLUMNS_HINT = { propertyHint: 'Array of names as getColumns lists them' };

/** The choice of columns of the view; `what` says which. */
export const buildColumnsParameter = (what: string): INodeProperties => ({
	displayName: 'Column Names or IDs',
	name: 'columns',
	type: 'multiOptions',
	typeOptions: COLUMN_LIST_OPTIONS,
	allowArbitraryValues: true,
	default: [],
	description: what,
	builderHint: COLUMNS_HINT,
});

/** The choice of one column of the view; `what` says which. */
export const buildColumnParameter = (name: string, what: string): INodeProperties => ({
	displayName: 'Column Name or ID',
	name,
	type: 'options',
	typeOptions: COLUMN_LIST_OPTIONS,
	allowArbitraryValues: true,
	default: '',
	description: what,
});
