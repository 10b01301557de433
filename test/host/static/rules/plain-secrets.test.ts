import { snippetTests } from "../snippet-table.ts";
import { PLAIN_SECRETS } from "./plain-secrets.ts";

const convert = "ConvertTo-SecureString -String $x -AsPlainText -Force";
snippetTests(PLAIN_SECRETS, {
  bad: [
    ["text made secure anywhere", `${convert}\n`],
    ["text made secure in another function", `function Get-A {\n  ${convert} # here\n}\n`],
    ["a credential opened", "$c.GetNetworkCredential().Password\n"],
    ["a SecureString opened", "[System.Runtime.InteropServices.Marshal]::SecureStringToBSTR($s)\n"],
    ["a SecureString written as text", "ConvertFrom-SecureString -SecureString $s\n"],
    ["a password in a variable", "$adminPassword = 'Xk29!fgh'\n"],
    ["a password in a hash table", "$p = @{ Password = 'Xk29!fgh' }\n"],
    ["a password as an argument", "Set-A -Name 'x' -Password 'Xk29!fgh'\n"],
    ["an access key", "$key = 'AKIAABCDEFGHIJKLMNOP'\n"],
    ["a private key", "$key = '-----BEGIN PRIVATE KEY-----'\n"],
    ["a token by its shape", "$x = 'eyJhbGciOiJSUzI1.eyJzdWIiOiIxMjM.abc'\n"],
  ],
  good: [
    ["text made secure where it was read", `function Get-CloudSyncSecret {\n  ${convert}\n}\n`],
    ["the name of a secret", "$secretARN = Get-CloudSyncParameter -Name 'credentialSecretARN'\n"],
    ["an ARN", "$secret = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x'\n"],
    ["a parameter's word", "$mode -eq 'AccessToken'\n"],
    [
      "an error about a secret",
      "Stop-CloudSyncStep -Class 'Credential' -Reason 'SecretMalformed' -Message 'The secret holds no password.'\n",
    ],
    ["an empty start value", "$password = ''\n"],
  ],
});
