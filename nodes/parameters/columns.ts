import type { INodeProperties } from 'n8n-workflow';

/** What a list of columns in the editor depends on, so that it is loaded anew when one changes. */
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

const NAME_FROM_ACCOUNT =
	'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.';

/**
 * The choice of one column of the account.
 *
 * @param what which column, as a sentence
 */
export const buildColumnParameter = (name: string, what: string): INodeProperties => ({
	displayName: 'Column Name or ID',
	name,
	type: 'options',
	typeOptions: COLUMN_LIST_OPTIONS,
	allowArbitraryValues: true,
	default: '',
	description: `${what} ${NAME_FROM_ACCOUNT}`,
});
