package account

import (
	"confab/auth"
	"confab/chat"
)

// What the embedded default shows and its page at / prints.
const (
	DemoAccount  = chat.AccountID("demo")
	DemoEmail    = "anna@demo.test"
	DemoPassword = "demo-demo" // known to everybody: this account is for a store that lives in memory
)

// DemoBootstrap is an account to play with: a shop, two agents, two groups.
func DemoBootstrap() Bootstrap {
	sales, help := chat.GroupID("demo-sales"), chat.GroupID("demo-help")
	return Bootstrap{Accounts: []AccountSpec{{
		ID:             DemoAccount,
		Name:           ptr("Tern Outdoor"),
		AllowedOrigins: &[]string{"*"},
		Channels:       []ChannelSpec{{WidgetID: "demo", Name: ptr("Shop"), Calls: ptr(CallsOff)}},
		Groups:         []GroupSpec{{ID: sales, Name: ptr("Sales")}, {ID: help, Name: ptr("Help desk")}},
		Agents: []AgentSpec{
			demoAgent("demo-anna", DemoEmail, "Anna", RoleAdmin, sales, help),
			demoAgent("demo-ben", "ben@demo.test", "Ben", RoleAgent, help),
		},
	}}}
}

func demoAgent(id chat.AgentID, email, name string, role Role, groups ...chat.GroupID) AgentSpec {
	return AgentSpec{
		ID: id, Email: &email, Name: &name, Role: &role, Groups: &groups, Password: ptr(auth.NewSecret(DemoPassword)),
	}
}
