# Reference values for tests/estimates/test_errors.py: CR2 errors and Satterthwaite degrees of freedom of one difference.
# Debian: apt-get install r-base-core r-cran-clubsandwich
# Rscript tests/estimates/club_sandwich.R < tests/estimates/club_sandwich.csv > tests/estimates/club_sandwich_values.csv
suppressMessages(library(clubSandwich))
data <- read.csv(file("stdin"))
out <- NULL
for (design in unique(data$design)) {
  rows <- data[data$design == design, ]
  fit <- lm(change ~ joined, data = rows)
  test <- coef_test(fit, vcov = "CR2", cluster = rows$village, test = "Satterthwaite")
  out <- rbind(out, data.frame(design = design, estimate = test$beta[2], std_error = test$SE[2], df = test$df_Satt[2]))
}
write.csv(format(out, digits = 15), row.names = FALSE, quote = FALSE)
