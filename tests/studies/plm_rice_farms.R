# Reference values of tests/studies/plm_rice_farms.csv; run with R and plm 2.6-2 from this folder.
library(plm)
data("RiceFarms", package = "plm")
fit <- plm(log(goutput) ~ log(seed) + log(totlabor) + log(size), RiceFarms, index = "id", model = "random")
parts <- fit$ercomp$sigma2
values <- c(
  individual = unname(parts["id"]), idiosyncratic = unname(parts["idios"]), theta = unname(fit$ercomp$theta),
  coef(fit), setNames(sqrt(diag(vcov(fit))), paste0("se_", names(coef(fit))))
)
write.csv(data.frame(name = names(values), value = format(values, digits = 15, trim = TRUE)),
  "plm_rice_farms.csv", row.names = FALSE, quote = FALSE)
