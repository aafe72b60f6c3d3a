/** The text under a node on n8n's canvas, as n8n evaluates it. */
import type { INodeParameters } from 'n8n-workflow';
import { loadN8n } from '../../engine/n8n.mts';
import { useTestBed } from '../../helpers/testBed.mts';
import { node } from '../../helpers/workflow.mts';

const testBed = useTestBed();

/** Evaluates the subtitle of a node with the parameters that differ from their defaults. */
function getSubtitle(type: string, parameters: INodeParameters): unknown {
	const { nodeTypes } = testBed.engine;
	const nodes = [node('Node', `n8n-nodes-teamogy.${type}`, parameters)];
	const { Workflow } = loadN8n().workflow;
	const workflow = new Workflow({ nodes, connections: {}, active: false, nodeTypes });
	const { subtitle } = testBed.engine.description(type);
	return workflow.expression.getSimpleParameterValue(
		workflow.getNode('Node')!,
		subtitle,
		'internal',
		{},
	);
}

it.each([
	['Get Many: Invoice', { resource: 'invoice', operation: 'getAll', view: 'invoices.sales' }],
	['Create or Update: Company', { resource: 'company', operation: 'upsert' }],
	['Look Up: Time Entry', { resource: 'timeEntry', operation: 'lookUp' }],
	['Send: API Request', { resource: 'apiRequest', operation: 'request' }],
	// What a person has not chosen is the default.
	['Get Many: Job', {}],
])('The action node says "%s"', (subtitle, parameters) => {
	expect(getSubtitle('teamogy', parameters)).toBe(subtitle);
});

it.each([
	['Created: Jobs', {}],
	['Created or Updated: Jobs', { event: 'createdOrUpdated', view: 'jobs' }],
	['Starts Matching Filters: Sales Invoices', { event: 'entersFilter', view: 'invoices.sales' }],
	// The name of a view of one's own says more than 'Other View'.
	['Updated: jobs.overbudget', { event: 'updated', view: 'custom', viewName: 'jobs.overbudget' }],
])('The polling trigger says "%s"', (subtitle, parameters) => {
	expect(getSubtitle('teamogyTrigger', parameters)).toBe(subtitle);
});

it.each([
	['Sent by Teamogy: companies', { path: 'companies' }],
	['Sent by Teamogy', { path: '' }],
])('The push trigger says "%s"', (subtitle, parameters) => {
	expect(getSubtitle('teamogyPushTrigger', parameters)).toBe(subtitle);
});
