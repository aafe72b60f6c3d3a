import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { VIEWS, type Resource } from '../api/schema/catalog';
import { compareNames } from './wording';

/** Views as choices, by the labels people know them by. */
export const listViewOptions = (views: ReadonlyArray<keyof typeof VIEWS>): INodePropertyOptions[] =>
	views
		.map((view) => ({ name: VIEWS[view], value: view }))
		.sort((a, b) => compareNames(a.name, b.name));

/** The choice of a view, for each resource that has several. */
export const buildViewParameters = (resources: readonly Resource[]): INodeProperties[] =>
	resources.flatMap(({ value, views }): INodeProperties[] => {
		const displayOptions = { show: { resource: [value] } };
		const [usualView] = views;
		if (views.length > 1) {
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
		}
		return views.length ? [] : [{ ...viewNameParameter, displayOptions }];
	});

/** A view by its name, for those an account has configured itself. */
export const viewNameParameter: INodeProperties = {
	displayName: 'View Name',
	name: 'viewName',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. jobs.overbudget',
	description:
		'The name of the view as the API knows it, e.g. invoices.sales. Whoever configures your Teamogy account knows the names of its custom views.',
};
